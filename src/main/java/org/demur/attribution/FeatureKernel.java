package org.demur.attribution;

import org.demur.edit.FeatureSlice;

/**
 * Features and attributions from the residual stream alone. Legend: T tokens, D width of the stream, M features of a
 * slice. Sums are float64 in index order.
 */
final class FeatureKernel {
    private FeatureKernel() {}

    /** Activations f of the slice's features in threshold form, [T, M]. */
    static double[] activations(FeatureSlice slice, float[] x_TD) {
        int mCount = slice.size();
        int d = slice.w_enc_MD().length / mCount;
        int tCount = x_TD.length / d;
        double[] f_TM = new double[tCount * mCount];
        for (int t = 0; t < tCount; t++) {
            for (int m = 0; m < mCount; m++) {
                double h = slice.b_enc_M()[m];
                for (int i = 0; i < d; i++) {
                    h += (double) slice.w_enc_MD()[m * d + i] * x_TD[t * d + i];
                }
                f_TM[t * mCount + m] = h > Math.max(slice.threshold_M()[m], 0) ? h : 0;
            }
        }
        return f_TM;
    }

    /**
     * Linear integrated gradients of each feature, mean over the tokens of the mask:
     * {@code A_m = mean_t (f^p - f)_tm (G_t . d_m)}. As the decoder is linear and the SAE's error moves along with the
     * stream, the gradient with respect to a feature is that of the stream times its decoder row; no SAE is in the graph
     * (Yeo et al. 2025, section 3, rewritten).
     *
     * @param clean_TD stream of the untouched model
     * @param patch_TD stream of the model with the direction ablated
     * @param gradient_TD mean gradient along the path
     * @param mask tokens that count
     */
    static double[] attributions(
            FeatureSlice slice, float[] clean_TD, float[] patch_TD, float[] gradient_TD, boolean[] mask) {
        int mCount = slice.size();
        int d = slice.w_dec_MD().length / mCount;
        double[] clean_TM = activations(slice, clean_TD);
        double[] patch_TM = activations(slice, patch_TD);
        double[] attribution_M = new double[mCount];
        int counted = 0;
        for (int t = 0; t < mask.length; t++) {
            if (!mask[t]) {
                continue;
            }
            counted++;
            for (int m = 0; m < mCount; m++) {
                double change = patch_TM[t * mCount + m] - clean_TM[t * mCount + m];
                if (change != 0) {
                    attribution_M[m] += change * dot(gradient_TD, t * d, slice.w_dec_MD(), m * d, d);
                }
            }
        }
        for (int m = 0; m < mCount; m++) {
            attribution_M[m] /= Math.max(1, counted);
        }
        return attribution_M;
    }

    /** Sum over all tokens and directions of (patch - clean) times the gradient: the layer's predicted effect. */
    static double wholeEffect(float[] clean_TD, float[] patch_TD, float[] gradient_TD) {
        double sum = 0;
        for (int i = 0; i < clean_TD.length; i++) {
            sum += ((double) patch_TD[i] - clean_TD[i]) * gradient_TD[i];
        }
        return sum;
    }

    private static double dot(float[] a, int aFrom, float[] b, int bFrom, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += (double) a[aFrom + i] * b[bFrom + i];
        }
        return sum;
    }
}
