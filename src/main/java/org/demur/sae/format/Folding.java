package org.demur.sae.format;

import java.util.Arrays;
import java.util.OptionalInt;
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
        float[] b_enc_F = Arrays.copyOf(sae.b_enc_F(), sae.F());
        for (int j = 0; j < b_enc_F.length; j++) {
            double product = 0;
            for (int c = 0; c < sae.d(); c++) {
                product += (double) sae.w_enc_FD()[j * sae.d() + c] * sae.b_dec_D()[c];
            }
            b_enc_F[j] = (float) (b_enc_F[j] + sign * product);
        }
        SaeFacts facts = sae.facts();
        return new Sae(
                new SaeFacts(
                        facts.at(),
                        facts.activation(),
                        new SaeInput(centring, facts.input().norm())),
                sae.weights().withEncoderBias(b_enc_F));
    }
}
