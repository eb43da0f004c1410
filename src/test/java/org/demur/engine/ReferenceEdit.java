package org.demur.engine;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.demur.edit.FeatureRule;
import org.demur.edit.HookPoint;
import org.demur.sae.Activation;
import org.demur.sae.FeatureCodes;
import org.demur.sae.Sae;
import org.demur.sae.SaeFacts;
import org.demur.sae.SaeInput;

/** Edits the long way: all features are encoded, changed, decoded, and the error of the reconstruction is added back. */
final class ReferenceEdit {
    private ReferenceEdit() {}

    /** The stream after each of {@code features} became {@code rule} of itself. */
    static float[] of(Sae sae, float[] x_TD, int[] features, DoubleUnaryOperator rule) {
        int d = sae.d();
        int rows = x_TD.length / d;
        FeatureCodes codes = sae.encode(x_TD, rows);
        float[] plain_TD = new float[x_TD.length];
        sae.decode(codes, x_TD, plain_TD);
        double[] edited_D = new double[d];
        float[] result_TD = new float[x_TD.length];
        for (int row = 0; row < rows; row++) {
            double[] f_F = new double[sae.F()];
            for (int i = codes.starts_B1()[row]; i < codes.starts_B1()[row + 1]; i++) {
                f_F[codes.indices()[i]] = codes.values()[i];
            }
            IntStream.of(features).forEach(j -> f_F[j] = rule.applyAsDouble(f_F[j]));
            for (int c = 0; c < d; c++) {
                edited_D[c] = sae.b_dec_D()[c];
            }
            for (int j = 0; j < f_F.length; j++) {
                for (int c = 0; c < d && f_F[j] != 0; c++) {
                    edited_D[c] += f_F[j] * sae.w_dec_FD()[j * d + c];
                }
            }
            for (int c = row * d; c < (row + 1) * d; c++) {
                result_TD[c] = (float) (edited_D[c - row * d] + x_TD[c] - plain_TD[c]);
            }
        }
        return result_TD;
    }

    /** What a rule that needs no other run does to one feature. */
    static DoubleUnaryOperator of(FeatureRule rule) {
        if (rule instanceof FeatureRule.Scale scale) {
            return f -> f * scale.factor();
        }
        if (rule instanceof FeatureRule.Clamp clamp) {
            return f -> clamp.value();
        }
        if (rule instanceof FeatureRule.ClampActive clamp) {
            return f -> f == 0 ? 0 : clamp.value();
        }
        if (rule instanceof FeatureRule.Cap cap) {
            return f -> Math.min(f, cap.value());
        }
        throw new IllegalArgumentException("not of one feature alone: " + rule);
    }

    /** A random dictionary whose features fire on about one row in ten of length {@code scale} an element. */
    static Sae random(HookPoint at, Activation activation, int d, double scale) {
        return random(at, activation, d, 256, scale);
    }

    /** The same with another number of features. */
    static Sae random(HookPoint at, Activation activation, int d, int features, double scale) {
        SplittableRandom random = new SplittableRandom(at.layer());
        float[] w_enc_FD = gaussian(random, features * d, 1 / (scale * Math.sqrt(d)));
        float[] w_dec_FD = gaussian(random, features * d, scale / Math.sqrt(d));
        float[] b_enc_F = gaussian(random, features, 0.1);
        return new Sae(
                new SaeFacts(at, activation, SaeInput.centred()),
                w_enc_FD,
                activation instanceof Activation.Gated ? new float[features] : b_enc_F,
                w_dec_FD,
                gaussian(random, d, 0.1 * scale));
    }

    static Activation.Gated gated(int features) {
        SplittableRandom random = new SplittableRandom(features);
        return new Activation.Gated(
                gaussian(random, features, 0.5), gaussian(random, features, 0.1), gaussian(random, features, 0.5));
    }

    static float[] constant(int length, float value) {
        float[] values = new float[length];
        Arrays.fill(values, value);
        return values;
    }

    private static float[] gaussian(SplittableRandom random, int length, double deviation) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) (deviation * random.nextGaussian());
        }
        return values;
    }

    /** Root mean square of the elements. */
    static double scale(float[] x) {
        double squares = 0;
        for (float value : x) {
            squares += value * (double) value;
        }
        return Math.sqrt(squares / x.length);
    }
}
