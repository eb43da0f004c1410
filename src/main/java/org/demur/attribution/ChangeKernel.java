package org.demur.attribution;

import java.util.Arrays;
import org.demur.sae.RowKernels;

/**
 * What a change of features is predicted to do, for all features of a dictionary: {@code sum_t (f' - f)_tj (g_t . d_j)}. Only
 * features that are active in one of the two codes change, so only their decoder rows are read and nothing of shape [T, F]
 * exists.
 *
 * <p>Legend: T tokens, D width of the stream, F features.
 */
final class ChangeKernel {
    private final float[] w_dec_FD;
    private final int d;
    private final float[] lanes = new float[4 * RowKernels.LANES];
    private int[] indices = new int[256];
    private float[] changes = new float[256];
    private float[] slopes = new float[256];

    /** A kernel for one dictionary, for one thread. */
    ChangeKernel(float[] w_dec_FD, int d) {
        this.w_dec_FD = w_dec_FD;
        this.d = d;
    }

    /**
     * Adds the predicted effects over the tokens of the mask.
     *
     * @param codes the prompt's features before and after
     * @param gradient_TD gradient of the metric at the prompt's tokens
     */
    void add(Moved codes, float[] gradient_TD, boolean[] mask, double[] sum_F) {
        for (int t = 0; t < mask.length; t++) {
            if (!mask[t]) {
                continue;
            }
            int count = changes(codes, t);
            RowKernels.RowSum rows = new RowKernels.RowSum(gradient_TD, t * d, w_dec_FD, d);
            RowKernels.dots(rows, indices, 0, count, slopes, lanes);
            for (int i = 0; i < count; i++) {
                sum_F[indices[i]] += (double) changes[i] * slopes[i];
            }
        }
    }

    /** One prompt's features in the untouched model, and what they move to. */
    record Moved(TokenCodes clean, TokenCodes moved, int prompt) {}

    /** Fills {@code indices} and {@code changes} with the features of a token that differ; both codes are ascending. */
    private int changes(Moved codes, int t) {
        int a = codes.clean.from(codes.prompt, t);
        int aTo = codes.clean.to(codes.prompt, t);
        int b = codes.moved.from(codes.prompt, t);
        int bTo = codes.moved.to(codes.prompt, t);
        reserve(aTo - a + bTo - b);
        int[] before = codes.clean.codes().indices();
        int[] after = codes.moved.codes().indices();
        int count = 0;
        while (a < aTo || b < bTo) {
            int left = a < aTo ? before[a] : Integer.MAX_VALUE;
            int right = b < bTo ? after[b] : Integer.MAX_VALUE;
            int feature = Math.min(left, right);
            float change = 0;
            if (right == feature) {
                change += codes.moved.codes().values()[b++];
            }
            if (left == feature) {
                change -= codes.clean.codes().values()[a++];
            }
            if (change != 0) {
                indices[count] = feature;
                changes[count++] = change;
            }
        }
        return count;
    }

    private void reserve(int count) {
        if (indices.length < count) {
            indices = Arrays.copyOf(indices, 2 * count);
            changes = Arrays.copyOf(changes, 2 * count);
            slopes = Arrays.copyOf(slopes, 2 * count);
        }
    }
}
