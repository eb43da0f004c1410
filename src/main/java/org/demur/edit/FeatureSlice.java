package org.demur.edit;

import java.io.Serializable;

/**
 * The columns of one SAE that an edit needs, in raw residual units (input scaling folded in).
 *
 * <p>For feature m: h = w_enc[m] . x + b_enc[m]; f = h if h &gt; max(threshold[m], 0), else 0. {@code b_enc_M} already
 * contains -W_enc b_dec, so x enters as it is. With rivals, a feature must win against them too, and a threshold may lie
 * below 0.
 *
 * @param at point whose stream the SAE reads and its features write
 * @param features_M indices of the features in the SAE
 * @param w_enc_MD encoder rows, [M, d] row-major
 * @param b_enc_M encoder bias
 * @param threshold_M activation thresholds
 * @param w_dec_MD decoder rows, [M, d] row-major
 * @param rivals what else decides whether a feature fires
 */
public record FeatureSlice(
        HookPoint at,
        int[] features_M,
        float[] w_enc_MD,
        float[] b_enc_M,
        float[] threshold_M,
        float[] w_dec_MD,
        Rivals rivals)
        implements Serializable {

    /** The threshold form. */
    public FeatureSlice(
            HookPoint at, int[] features_M, float[] w_enc_MD, float[] b_enc_M, float[] threshold_M, float[] w_dec_MD) {
        this(at, features_M, w_enc_MD, b_enc_M, threshold_M, w_dec_MD, Rivals.NONE);
    }

    /** Number of features. */
    public int size() {
        return features_M.length;
    }
}
