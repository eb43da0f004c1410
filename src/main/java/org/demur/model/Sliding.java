package org.demur.model;

import java.util.BitSet;

/** Which blocks of a family see a limited number of tokens, where its files don't list them. */
enum Sliding {
    NONE,
    ALL,
    /** Those from a stated block on, if at all (Qwen). */
    LAST,
    /** The first, third, ... (Gemma 2). */
    EVERY_OTHER,
    /** All but the sixth, twelfth, ... (Gemma 3). */
    FIVE_OF_SIX;

    private static final int SECOND = 2;
    private static final int SIXTH = 6;

    /** The distance between blocks that see everything. */
    int period() {
        return this == EVERY_OTHER ? SECOND : SIXTH;
    }

    /** All but every {@code period}-th block. */
    static BitSet allBut(int period, int blocks) {
        BitSet sliding = new BitSet();
        for (int block = 0; block < blocks; block++) {
            sliding.set(block, (block + 1) % period != 0);
        }
        return sliding;
    }

    /** The blocks from {@code first} on. */
    static BitSet from(int first, int blocks) {
        BitSet sliding = new BitSet();
        if (first < blocks) {
            sliding.set(first, blocks);
        }
        return sliding;
    }
}
