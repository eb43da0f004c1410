package org.demur.sae;

/**
 * A 64-bit hash of byte strings and numbers, the same in every process: orders rows at random without regard to where they
 * are stored. Parts are delimited, so moving a byte from one to the next changes the hash.
 */
public final class RowHash {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private long state;

    /** Begins with a seed. */
    public RowHash(long seed) {
        state = mix(seed + GOLDEN);
    }

    /** Begins again with a seed. */
    public void reset(long seed) {
        state = mix(seed + GOLDEN);
    }

    /** Adds a byte string. */
    public void add(byte[] bytes) {
        long word = bytes.length;
        for (int i = 0; i < bytes.length; i++) {
            if (i % Long.BYTES == 0) {
                add(word);
                word = 0;
            }
            word = word << Byte.SIZE | bytes[i] & 0xff;
        }
        add(word);
    }

    /** Adds a number. */
    public void add(long word) {
        state = mix((state ^ word) + GOLDEN);
    }

    /** The hash of everything added. */
    public long value() {
        return state;
    }

    /** Stafford's variant 13 of the MurmurHash3 finaliser, as in SplittableRandom. */
    private static long mix(long value) {
        long z = (value ^ value >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
