package org.demur.engine;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * How the tokens of B sequences lie in a packed batch: one after another without padding, and tokens that sequences of one
 * family begin with only once (a prefix tree). Attention sees them as [B, T], padded on the right, where a causal mask
 * keeps the padding from every real token.
 *
 * @param past tokens before them, the same for all sequences
 * @param rows_BT packed row of each token of each sequence
 * @param shared_B how many of a sequence's first tokens lie in rows of sequences before it; the rest has rows of its own, one
 *     after another
 * @param tokens N, packed rows in all
 * @param longest T
 * @param generated whether these are generated tokens, one a sequence
 */
record TokenLayout(int past, int[][] rows_BT, int[] shared_B, int tokens, int longest, boolean generated) {

    /** Sequences without a past that share nothing. */
    static TokenLayout of(List<TokenSequence> sequences) {
        int[][] rows_BT = new int[sequences.size()][];
        int tokens = 0;
        for (int b = 0; b < rows_BT.length; b++) {
            int start = tokens;
            rows_BT[b] = new int[sequences.get(b).length()];
            Arrays.setAll(rows_BT[b], t -> start + t);
            tokens += rows_BT[b].length;
        }
        return new TokenLayout(0, rows_BT, new int[rows_BT.length], tokens, longest(rows_BT), false);
    }

    /** One newest token of each of {@code sequences} sequences. */
    static TokenLayout step(int sequences) {
        int[][] rows_BT = new int[sequences][1];
        for (int b = 0; b < sequences; b++) {
            rows_BT[b][0] = b;
        }
        return new TokenLayout(0, rows_BT, new int[sequences], sequences, 1, true);
    }

    /**
     * Tokens from position {@code past} to position {@code end} of each sequence, as a prefix tree.
     *
     * @param family_B sequences of different families share no rows
     */
    static TokenLayout tree(List<TokenSequence> sequences, int[] family_B, int past, int[] end_B) {
        int[][] rows_BT = new int[sequences.size()][];
        int[] shared_B = new int[rows_BT.length];
        Map<Node, Integer> nodes = new HashMap<>();
        int tokens = 0;
        for (int b = 0; b < rows_BT.length; b++) {
            TokenSequence sequence = sequences.get(b);
            rows_BT[b] = new int[end_B[b] - past];
            int parent = -1 - family_B[b];
            for (int t = 0; t < rows_BT[b].length; t++) {
                Node node = Node.of(parent, sequence, past + t);
                Integer known = nodes.putIfAbsent(node, tokens);
                shared_B[b] = known == null ? shared_B[b] : t + 1;
                parent = known == null ? tokens++ : known;
                rows_BT[b][t] = parent;
            }
        }
        return new TokenLayout(past, rows_BT, shared_B, tokens, longest(rows_BT), false);
    }

    /** A token after another, or the first of a family. Tokens of different classes may be edited differently. */
    private record Node(int parent, int token, int tokenClass) {
        static Node of(int parent, TokenSequence sequence, int position) {
            int tokenClass = sequence.classes().isEmpty()
                    ? 0
                    : sequence.classes().get(position).ordinal();
            return new Node(parent, sequence.tokenIds()[position], tokenClass);
        }
    }

    private static int longest(int[][] rows_BT) {
        return Arrays.stream(rows_BT).mapToInt(rows -> rows.length).max().orElse(0);
    }

    int sequences() {
        return rows_BT.length;
    }

    /** Tokens of a sequence in this batch. */
    int length(int b) {
        return rows_BT[b].length;
    }

    /** First of a sequence's tokens that has a row of its own; all later ones have the rows after it. */
    int firstOwned(int b) {
        return shared_B[b];
    }

    int row(int b, int t) {
        return rows_BT[b][t];
    }

    /** Packed row of each sequence's last token. */
    long[] lastRows() {
        return Arrays.stream(rows_BT).mapToLong(rows -> rows[rows.length - 1]).toArray();
    }

    /** Position of every packed token in its sequence, the past counted. */
    int[] positions() {
        int[] positions = new int[tokens];
        for (int[] rows : rows_BT) {
            for (int t = 0; t < rows.length; t++) {
                positions[rows[t]] = past + t;
            }
        }
        return positions;
    }

    /** Token ids in packed order. */
    long[] pack(List<int[]> tokenIds) {
        long[] packed = new long[tokens];
        for (int b = 0; b < rows_BT.length; b++) {
            for (int t = shared_B[b]; t < rows_BT[b].length; t++) {
                packed[rows_BT[b][t]] = tokenIds.get(b)[past + t];
            }
        }
        return packed;
    }

    /** Packed row of each slot of the [B, T] view; padding repeats the sequence's last token. */
    long[] querySlots() {
        long[] slots = new long[rows_BT.length * longest];
        for (int b = 0; b < rows_BT.length; b++) {
            int[] rows = rows_BT[b];
            for (int t = 0; t < longest; t++) {
                slots[b * longest + t] = rows[Math.min(t, rows.length - 1)];
            }
        }
        return slots;
    }

    /** Slot of each packed token in the [B, T] view; of a shared one that of the first sequence. */
    long[] tokenSlots() {
        long[] slots = new long[tokens];
        for (int b = 0; b < rows_BT.length; b++) {
            for (int t = shared_B[b]; t < rows_BT[b].length; t++) {
                slots[rows_BT[b][t]] = (long) b * longest + t;
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
