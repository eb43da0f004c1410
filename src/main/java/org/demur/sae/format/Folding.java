package org.demur.sae.format;

import java.util.Arrays;
import java.util.OptionalInt;
import org.demur.sae.Activation;
import org.demur.sae.RowKernels;
import org.demur.sae.Sae;
import org.demur.sae.SaeFacts;
import org.demur.sae.SaeInput;
import org.demur.sae.SaeWeights;

/**
 * Rewrites of a dictionary that leave features and reconstructions as they are, up to rounding.
 *
 * <p>Legend: {@code F} features, {@code D} width.
 */
final class Folding {
    private static final double RELATIVE = 1e-5;
    private static final double ABSOLUTE = 1e-8;

    private Folding() {}

    /** Euclidean norm of every row. */
    static float[] norms(float[] w_FD, int width) {
        float[] norm_F = new float[w_FD.length / width];
        for (int j = 0; j < norm_F.length; j++) {
            double squares = 0;
            for (int i = j * width; i < (j + 1) * width; i++) {
                squares += (double) w_FD[i] * w_FD[i];
            }
            norm_F[j] = (float) Math.sqrt(squares);
        }
        return norm_F;
    }

    /** Whether all are 1 within the tolerances of torch.allclose. */
    static boolean areOnes(float[] values) {
        for (float value : values) {
            if (Math.abs(value - 1) > ABSOLUTE + RELATIVE) {
                return false;
            }
        }
        return true;
    }

    /** The first 0, if there is one. */
    static OptionalInt firstZero(float[] values) {
        for (int j = 0; j < values.length; j++) {
            if (values[j] == 0) {
                return OptionalInt.of(j);
            }
        }
        return OptionalInt.empty();
    }

    /** Measures feature j in units of {@code 1 / factor_F[j]}: f and h grow by the factor, decoder rows shrink by it. */
    static SaeWeights inUnits(SaeWeights weights, float[] factor_F) {
        float[] w_enc_FD = weights.w_enc_FD().clone();
        float[] b_enc_F = weights.b_enc_F().clone();
        float[] w_dec_FO = weights.w_dec_FO().clone();
        for (int j = 0; j < factor_F.length; j++) {
            RowKernels.scale(w_enc_FD, j * weights.width(), factor_F[j], weights.width());
            b_enc_F[j] *= factor_F[j];
            for (int i = j * weights.outputWidth(); i < (j + 1) * weights.outputWidth(); i++) {
                w_dec_FO[i] /= factor_F[j];
            }
        }
        return new SaeWeights(w_enc_FD, b_enc_F, w_dec_FO, weights.b_dec_O(), weights.w_skip_OD());
    }

    /** The same dictionary with the decoder bias not subtracted from the input. */
    static Sae uncentred(Sae sae) {
        return sae.facts().input().isCentred() ? moved(sae, SaeInput.Centring.NONE, -1) : sae;
    }

    /** The same dictionary with the decoder bias subtracted from the input. */
    static Sae centred(Sae sae) {
        return sae.facts().input().isCentred() ? sae : moved(sae, SaeInput.Centring.DECODER_BIAS, 1);
    }

    private static Sae moved(Sae sae, SaeInput.Centring centring, int sign) {
        double[] shift_F = new double[sae.F()];
        for (int j = 0; j < shift_F.length; j++) {
            for (int c = 0; c < sae.d(); c++) {
                shift_F[j] += sign * (double) sae.w_enc_FD()[j * sae.d() + c] * sae.b_dec_D()[c];
            }
        }
        SaeFacts facts =
                sae.facts().with(new SaeInput(centring, sae.facts().input().norm()));
        if (facts.activation() instanceof Activation.Gated gated) {
            double[] ofMagnitude_F = shift_F.clone();
            float[] magnitude_F = gated.magnitudes();
            Arrays.setAll(ofMagnitude_F, j -> shift_F[j] * magnitude_F[j]);
            Activation moved = new Activation.Gated(
                    plus(gated.b_gate_F(), shift_F), gated.r_mag_F(), plus(gated.b_mag_F(), ofMagnitude_F));
            return new Sae(facts.with(moved), sae.weights());
        }
        return new Sae(facts, sae.weights().withEncoderBias(plus(sae.b_enc_F(), shift_F)));
    }

    private static float[] plus(float[] values, double[] shifts) {
        float[] sums = values.clone();
        for (int j = 0; j < sums.length; j++) {
            sums[j] = (float) (values[j] + shifts[j]);
        }
        return sums;
    }
}
