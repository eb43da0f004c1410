package org.demur.model;

import java.nio.ByteBuffer;

/**
 * ggml IQ1_M: 32 low bytes of the numbers of codebook entries of 8 weights; a nibble for each with 3
 * upper bits and the sign of a shift; four 16-bit words, each of four 3-bit scales and, in its top nibble, a
 * quarter of a binary16 multiplier.
 *
 * <p>w = d * (2 * scale + 1) * (entry + shift), the shift being 1/8 or -1/8, with a scale for two entries.
 */
record Iq1MBlocks() implements Quantization {
    @Override
    public int blockSize() {
        return 256;
    }

    @Override
    public int bytesPerBlock() {
        return 56;
    }

    @Override
    public void dequantise(ByteBuffer source, int position, float[] target, int blocks) {
        for (int block = 0, at = position, i = 0; block < blocks; block++, at += bytesPerBlock()) {
            float scaleUnit = scaleUnit(source, at + 48);
            for (int k = 0; k < 32; k++, i += 8) {
                int nibble = source.get(at + 32 + (k >> 1)) >> (k & 1) * 4;
                int entry = source.get(at + k) & 0xFF | (nibble & 7) << 8;
                int half = source.getShort(at + 48 + (k >> 3) * 2) >> (k >> 1 & 3) * 3 & 7;
                float shift = (nibble & 8) == 0 ? 0.125f : -0.125f;
                Codebook.IQ1.unpackShifted(entry, shift, scaleUnit * (2 * half + 1), target, i);
            }
        }
    }

    private static float scaleUnit(ByteBuffer source, int at) {
        int bits = 0;
        for (int word = 0; word < 4; word++) {
            bits |= (source.getShort(at + word * 2) >> 12 & 0xF) << word * 4;
        }
        return Half.fromBinary16((short) bits);
    }
}
