package org.demur.sae;

import java.util.Arrays;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.edit.FeatureSlice;
import org.demur.edit.Rivals;

/**
 * The features of a dictionary each on its own: f = h where h exceeds a threshold of the feature, else 0. Exact for ReLU and
 * JumpReLU; for Gated too, because its gate h + b_gate &gt; 0 is the same as h exp(r_mag) + b_mag exceeding
 * b_mag - exp(r_mag) b_gate; for TopK and GroupMax with the one threshold that fires as often as they select, or exactly with
 * all their rivals, at the cost of the whole encoder.
 *
 * <p>Legend: {@code F} features, {@code D} width, {@code M} features of a slice.
 */
final class ThresholdForm {
    private final Sae sae;

    ThresholdForm(Sae sae) {
        this.sae = sae;
        if (sae.isTranscoder()) {
            throw refusal("is a transcoder", "what its features write is not the stream that it reads");
        }
        if (!(sae.facts().input().norm() instanceof InputNorm.None)) {
            throw refusal("rescales every row", "an edit of some features would need the scale of each token");
        }
    }

    /** Features that fire by the activation's own rule: TopK and GroupMax with all their rivals. */
    FeatureSlice exact(int[] features_M) {
        Activation activation = sae.facts().activation();
        if (activation instanceof Activation.TopK topK) {
            float least = topK.sign() == Activation.Sign.KEPT ? Float.NEGATIVE_INFINITY : 0;
            return slice(features_M, filled(least), new Rivals.TopK(sae.w_enc_FD(), centredBiases(), topK.k()));
        }
        if (activation instanceof Activation.GroupMax groupMax) {
            var rivals = new Rivals.GroupMax(sae.w_enc_FD(), centredBiases(), groupMax.groups());
            return slice(features_M, filled(0), rivals);
        }
        return slice(features_M);
    }

    FeatureSlice slice(int[] features_M) {
        return slice(features_M, thresholds(), Rivals.NONE);
    }

    private FeatureSlice slice(int[] features_M, float[] threshold_F, Rivals rivals) {
        int d = sae.d();
        float[] w_enc = new float[features_M.length * d];
        float[] b_enc = new float[features_M.length];
        float[] w_dec = new float[features_M.length * d];
        float[] threshold = new float[features_M.length];
        float[] lanes = new float[RowKernels.LANES];
        float[] factor_F = factors();
        float[] bias_F = biases();
        for (int m = 0; m < features_M.length; m++) {
            int j = features_M[m];
            System.arraycopy(sae.w_enc_FD(), j * d, w_enc, m * d, d);
            System.arraycopy(sae.w_dec_FD(), j * d, w_dec, m * d, d);
            if (factor_F[j] != 1) {
                RowKernels.scale(w_enc, m * d, factor_F[j], d);
            }
            float centre =
                    sae.facts().input().isCentred() ? RowKernels.dot(w_enc, m * d, sae.b_dec_D(), 0, d, lanes) : 0;
            b_enc[m] = bias_F[j] - centre;
            threshold[m] = threshold_F[j];
        }
        return new FeatureSlice(sae.at(), features_M.clone(), w_enc, b_enc, threshold, w_dec, rivals);
    }

    /** b_enc - W_enc b_dec, so that rows enter as they are. */
    private float[] centredBiases() {
        float[] bias_F = sae.b_enc_F().clone();
        float[] lanes = new float[RowKernels.LANES];
        for (int j = 0; j < bias_F.length && sae.facts().input().isCentred(); j++) {
            bias_F[j] -= RowKernels.dot(sae.w_enc_FD(), j * sae.d(), sae.b_dec_D(), 0, sae.d(), lanes);
        }
        return bias_F;
    }

    /** What encoder rows are multiplied with. */
    private float[] factors() {
        if (sae.facts().activation() instanceof Activation.Gated gated) {
            return gated.magnitudes();
        }
        return filled(1);
    }

    private float[] biases() {
        return sae.facts().activation() instanceof Activation.Gated gated ? gated.b_mag_F() : sae.b_enc_F();
    }

    private float[] thresholds() {
        Activation activation = sae.facts().activation();
        if (activation instanceof Activation.Threshold threshold) {
            return threshold.threshold_F();
        }
        if (activation instanceof Activation.Gated gated) {
            float[] threshold_F = gated.magnitudes();
            for (int j = 0; j < threshold_F.length; j++) {
                threshold_F[j] = gated.b_mag_F()[j] - threshold_F[j] * gated.b_gate_F()[j];
            }
            return threshold_F;
        }
        if (activation instanceof Activation.TopK topK) {
            return filled(measured(topK.threshold()));
        }
        if (activation instanceof Activation.GroupMax groupMax) {
            return filled(measured(groupMax.threshold()));
        }
        return filled(0);
    }

    private float measured(float threshold) {
        if (Float.isNaN(threshold)) {
            throw refusal(
                    "has no threshold",
                    "its library ranks the features of a row, and the height at which single features fire was not measured");
        }
        return threshold;
    }

    private float[] filled(float value) {
        float[] values_F = new float[sae.F()];
        Arrays.fill(values_F, value);
        return values_F;
    }

    private JobException refusal(String what, String why) {
        return new JobException(
                ExitCode.MISMATCH,
                "The " + sae.facts().activation().label() + " dictionary of layer " + sae.layer() + " " + what
                        + " and has no threshold form",
                why,
                "use it for encoding only, or bring it in with train.import, which measures thresholds");
    }
}
