package org.demur.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.demur.edit.FeatureSlice;
import org.demur.edit.HookPoint;
import org.junit.jupiter.api.Test;

/**
 * Attribution on a model small enough to differentiate numerically: a two-layer network after one SAE, one token. The
 * kernel must agree with the definition that has the SAE in the graph: interpolate features and error together, and take
 * the derivative with respect to each feature.
 */
class PathTest {
    private static final int D = 6;
    private static final int F = 9;
    private static final double STEP = 1e-5;

    private final Random random = new Random(3);
    private final double[] mixing_DD = gaussian(D * D, 0.7);
    private final double[] readout_D = gaussian(D, 1);
    private final float[] clean_D = floats(gaussian(D, 1.5));
    private final float[] patch_D = floats(gaussian(D, 1.5));
    private final FeatureSlice sae = new FeatureSlice(
            HookPoint.residPost(0),
            new int[] {0, 1, 2, 3, 4, 5, 6, 7, 8},
            floats(gaussian(F * D, 0.5)),
            floats(gaussian(F, 0.1)),
            new float[F],
            floats(gaussian(F * D, 0.5)));

    @Test
    void residualFormEqualsTheDefinitionWithTheSaeInTheGraph() {
        for (AttributionMode mode : AttributionMode.values()) {
            float[] alphas = mode.alphas(10);
            double[] kernel_M = FeatureKernel.attributions(
                    sae, clean_D, patch_D, floats(meanGradient(alphas)), new boolean[] {true});

            double[] definition_M = attributionsThroughSae(alphas);

            for (int m = 0; m < F; m++) {
                assertThat(kernel_M[m]).isCloseTo(definition_M[m], within(1e-5));
            }
            assertThat(Arrays.stream(kernel_M).map(Math::abs).max().orElseThrow())
                    .isGreaterThan(0.01);
        }
    }

    @Test
    void midpointRuleLeavesASmallerGapThanTheLeftRule() {
        double truth = metric(doubles(patch_D)) - metric(doubles(clean_D));

        double midpointGap = Math.abs(predicted(AttributionMode.CORRECTED, 20) - truth);
        double leftGap = Math.abs(predicted(AttributionMode.FAITHFUL, 20) - truth);

        assertThat(midpointGap).isLessThan(0.01 * Math.abs(truth) + 1e-3);
        assertThat(midpointGap).isLessThan(leftGap / 3);
    }

    @Test
    void tokensOutsideTheMaskDontCount() {
        float[] two_TD = new float[2 * D];
        System.arraycopy(clean_D, 0, two_TD, 0, D);
        System.arraycopy(clean_D, 0, two_TD, D, D);
        float[] patch_TD = new float[2 * D];
        System.arraycopy(patch_D, 0, patch_TD, 0, D);
        float[] gradient_TD = floats(gaussian(2 * D, 1));

        double[] second_M = FeatureKernel.attributions(sae, two_TD, two_TD, gradient_TD, new boolean[] {false, true});
        double[] first_M = FeatureKernel.attributions(sae, two_TD, patch_TD, gradient_TD, new boolean[] {true, false});
        double[] both_M = FeatureKernel.attributions(
                sae, two_TD, concat(patch_D, clean_D), gradient_TD, new boolean[] {true, true});

        assertThat(second_M).containsOnly(0);
        for (int m = 0; m < F; m++) {
            assertThat(both_M[m]).isCloseTo(first_M[m] / 2, within(1e-12));
        }
    }

    private double predicted(AttributionMode mode, int steps) {
        return FeatureKernel.wholeEffect(clean_D, patch_D, floats(meanGradient(mode.alphas(steps))));
    }

    /** m(x) = readout . tanh(x + mixing tanh(x)). */
    private double metric(double[] x_D) {
        double sum = 0;
        for (int i = 0; i < D; i++) {
            double mixed = x_D[i];
            for (int j = 0; j < D; j++) {
                mixed += mixing_DD[i * D + j] * Math.tanh(x_D[j]);
            }
            sum += readout_D[i] * Math.tanh(mixed);
        }
        return sum;
    }

    private double[] meanGradient(float[] alphas) {
        double[] mean_D = new double[D];
        for (float alpha : alphas) {
            double[] x_D = new double[D];
            for (int i = 0; i < D; i++) {
                x_D[i] = (1 - alpha) * clean_D[i] + alpha * patch_D[i];
            }
            for (int i = 0; i < D; i++) {
                mean_D[i] += slope(x_D, unit(i)) / alphas.length;
            }
        }
        return mean_D;
    }

    private double[] attributionsThroughSae(float[] alphas) {
        double[] clean_F = FeatureKernel.activations(sae, clean_D);
        double[] patch_F = FeatureKernel.activations(sae, patch_D);
        double[] attribution_F = new double[F];
        for (float alpha : alphas) {
            double[] f_F = new double[F];
            double[] error_D = new double[D];
            for (int j = 0; j < F; j++) {
                f_F[j] = (1 - alpha) * clean_F[j] + alpha * patch_F[j];
            }
            double[] cleanDecoded_D = decoded(clean_F);
            double[] patchDecoded_D = decoded(patch_F);
            for (int i = 0; i < D; i++) {
                error_D[i] = (1 - alpha) * (clean_D[i] - cleanDecoded_D[i]) + alpha * (patch_D[i] - patchDecoded_D[i]);
            }
            double[] x_D = decoded(f_F);
            for (int i = 0; i < D; i++) {
                x_D[i] += error_D[i];
            }
            for (int j = 0; j < F; j++) {
                attribution_F[j] += (patch_F[j] - clean_F[j]) * slope(x_D, decoderRow(j)) / alphas.length;
            }
        }
        return attribution_F;
    }

    private double[] decoded(double[] f_F) {
        double[] x_D = new double[D];
        for (int j = 0; j < F; j++) {
            for (int i = 0; i < D; i++) {
                x_D[i] += f_F[j] * sae.w_dec_MD()[j * D + i];
            }
        }
        return x_D;
    }

    private double[] decoderRow(int j) {
        double[] row_D = new double[D];
        for (int i = 0; i < D; i++) {
            row_D[i] = sae.w_dec_MD()[j * D + i];
        }
        return row_D;
    }

    private double slope(double[] x_D, double[] along_D) {
        double[] up_D = x_D.clone();
        double[] down_D = x_D.clone();
        for (int i = 0; i < D; i++) {
            up_D[i] += STEP * along_D[i];
            down_D[i] -= STEP * along_D[i];
        }
        return (metric(up_D) - metric(down_D)) / (2 * STEP);
    }

    private static double[] unit(int i) {
        double[] unit_D = new double[D];
        unit_D[i] = 1;
        return unit_D;
    }

    private double[] gaussian(int n, double scale) {
        return random.doubles(n).map(u -> random.nextGaussian() * scale).toArray();
    }

    private static float[] concat(float[] a, float[] b) {
        float[] both = new float[a.length + b.length];
        System.arraycopy(a, 0, both, 0, a.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    private static float[] floats(double[] values) {
        float[] result = new float[values.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (float) values[i];
        }
        return result;
    }

    private static double[] doubles(float[] values) {
        double[] result = new double[values.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = values[i];
        }
        return result;
    }
}
