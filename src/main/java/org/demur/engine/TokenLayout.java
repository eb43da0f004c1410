package org.demur.engine;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/**
 * How the tokens of B sequences lie in a packed batch: one after another without padding; attention sees them as
 * [B, T], padded on the right, where a causal mask keeps the padding from every real token.
 *
 * @param lengths tokens of each sequence in this batch, without those of the shared past
 * @param past tokens before them, the same for all sequences
 * @param starts packed row of each sequence's first token
 * @param tokens N, packed rows in all
 * @param longest T
 * @param generated whether these are generated tokens, one a sequence
 */
record TokenLayout(int[] lengths, int past, int[] starts, int tokens, int longest, boolean generated) {

    static TokenLayout of(int[] lengths, int past) {
        int[] starts = new int[lengths.length];
        int tokens = 0;
        int longest = 0;
        for (int b = 0; b < lengths.length; b++) {
            starts[b] = tokens;
            tokens += lengths[b];
            longest = Math.max(longest, lengths[b]);
        }
        return new TokenLayout(lengths, past, starts, tokens, longest, false);
    }

    /** One newest token of each of {@code sequences} sequences. */
    static TokenLayout step(int sequences) {
        int[] lengths = new int[sequences];
        int[] starts = new int[sequences];
        Arrays.fill(lengths, 1);
        Arrays.setAll(starts, b -> b);
        return new TokenLayout(lengths, 0, starts, sequences, 1, true);
    }

    int sequences() {
        return lengths.length;
    }

    /** Packed row of each sequence's last token. */
    long[] lastRows() {
        long[] rows = new long[lengths.length];
        for (int b = 0; b < rows.length; b++) {
            rows[b] = starts[b] + lengths[b] - 1L;
        }
        return rows;
    }

    /** Position of every packed token in its sequence, the past counted. */
    int[] positions() {
        int[] positions = new int[tokens];
        for (int b = 0; b < lengths.length; b++) {
            for (int t = 0; t < lengths[b]; t++) {
                positions[starts[b] + t] = past + t;
            }
        }
        return positions;
    }

    /** Token ids in packed order. */
    long[] pack(List<int[]> tokenIds) {
        long[] packed = new long[tokens];
        for (int b = 0; b < lengths.length; b++) {
            for (int t = 0; t < lengths[b]; t++) {
                packed[starts[b] + t] = tokenIds.get(b)[past + t];
            }
        }
        return packed;
    }

    /** Packed row of each slot of the [B, T] view; padding repeats the sequence's last token. */
    long[] querySlots() {
        long[] slots = new long[lengths.length * longest];
        for (int b = 0; b < lengths.length; b++) {
            for (int t = 0; t < longest; t++) {
                slots[b * longest + t] = starts[b] + Math.min(t, lengths[b] - 1L);
            }
        }
        return slots;
    }

    /** Slot of each packed token in the [B, T] view. */
    long[] tokenSlots() {
        long[] slots = new long[tokens];
        for (int b = 0; b < lengths.length; b++) {
            for (int t = 0; t < lengths[b]; t++) {
                slots[starts[b] + t] = (long) b * longest + t;
            }
        }
        return slots;
    }

    /**
     * Causal mask [1, 1, groups T, past + T]: 0 where a query may look, minus infinity elsewhere.
     *
     * @param window keys that a query sees, itself included
     */
    PtNDArray causalMask(PtNDManager manager, int groups, OptionalInt window) {
        int keys = past + longest;
        int reach = window.orElse(Integer.MAX_VALUE);
        float[] mask = new float[groups * longest * keys];
        for (int row = 0; row < groups * longest; row++) {
            int visible = past + row % longest + 1;
            Arrays.fill(mask, row * keys, row * keys + Math.max(0, visible - reach), Float.NEGATIVE_INFINITY);
            Arrays.fill(mask, row * keys + visible, (row + 1) * keys, Float.NEGATIVE_INFINITY);
        }
        return TorchRuntime.floats(manager, mask, 1, 1, (long) groups * longest, keys);
    }
}
