package org.demur.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.stream.IntStream;
import org.demur.edit.FeatureSlice;
import org.demur.edit.HookPoint;
import org.demur.sae.LaneProduct;
import org.demur.sae.Sae;
import org.demur.sae.SaeEncoder;
import org.demur.sae.SaeFacts;
import org.junit.jupiter.api.Test;

/** The sparse kernel over all features against the dense one over a slice that holds them all. */
class AllFeaturesTest {
    private static final int D = 24;
    private static final int F = 70;

    private final Random random = new Random(8);
    private final Sae sae = EditableSae.of(
            new Sae(new SaeFacts(HookPoint.residPost(3), 9, 0.4f), floats(F * D), floats(F), floats(F * D), floats(D)));
    private final FeatureSlice all = sae.slice(IntStream.range(0, F).toArray());
    private final float[][] clean_TD = {floats(5 * D), floats(2 * D)};
    private final float[][] patch_TD = {floats(5 * D), floats(2 * D)};

    @Test
    void activeFeaturesAloneGiveTheAttributionsOfAll() {
        boolean[] mask = {false, true, true, false, true};
        float[] gradient_TD = floats(5 * D);
        double[] sum_F = new double[F];
        try (SaeEncoder encoder = sae.encoder(LaneProduct::new)) {
            TokenCodes clean = TokenCodes.of(encoder, clean_TD, D);
            TokenCodes patch = TokenCodes.of(encoder, patch_TD, D);
            new ChangeKernel(sae.w_dec_FD(), D).add(new ChangeKernel.Moved(clean, patch, 0), gradient_TD, mask, sum_F);
        }

        double[] dense_F = FeatureKernel.attributions(all, clean_TD[0], patch_TD[0], gradient_TD, mask);

        for (int j = 0; j < F; j++) {
            assertThat(sum_F[j] / 3).isCloseTo(dense_F[j], within(1e-4));
        }
        assertThat(IntStream.range(0, F).filter(j -> sum_F[j] == 0)).isNotEmpty();
    }

    @Test
    void takingEveryFeatureAwayIsMinusWhatTheyWriteAlongTheGradient() {
        double[] sum_F = new double[F];
        float[] gradient_TD = floats(2 * D);
        try (SaeEncoder encoder = sae.encoder(LaneProduct::new)) {
            TokenCodes clean = TokenCodes.of(encoder, clean_TD, D);
            new ChangeKernel(sae.w_dec_FD(), D)
                    .add(
                            new ChangeKernel.Moved(clean, clean.none(), 1),
                            gradient_TD,
                            new boolean[] {true, true},
                            sum_F);
        }
        double[] f_TM = FeatureKernel.activations(all, clean_TD[1]);

        double written = 0;
        for (int t = 0; t < 2; t++) {
            for (int j = 0; j < F; j++) {
                for (int i = 0; i < D; i++) {
                    written += f_TM[t * F + j] * sae.w_dec_FD()[j * D + i] * gradient_TD[t * D + i];
                }
            }
        }
        assertThat(IntStream.range(0, F).mapToDouble(j -> sum_F[j]).sum()).isCloseTo(-written, within(1e-3));
    }

    @Test
    void maximaAndMeansSeeOnlyTokensThatCount() {
        double[] f_TM = FeatureKernel.activations(all, clean_TD[1]);
        double[] max_F = new double[F];
        double[] mean_F = new double[F];
        try (SaeEncoder encoder = sae.encoder(LaneProduct::new)) {
            TokenCodes clean = TokenCodes.of(encoder, clean_TD, D);
            clean.maxima(1, new boolean[] {false, true}, max_F);
            clean.sums(1, new boolean[] {true, true}, 0.5, mean_F);
            assertThat(clean.counted(java.util.List.of(new boolean[5], new boolean[] {true, false}))
                            .rows())
                    .isEqualTo(1);
        }

        for (int j = 0; j < F; j++) {
            assertThat(max_F[j]).isCloseTo(f_TM[F + j], within(1e-4));
            assertThat(mean_F[j]).isCloseTo((f_TM[j] + f_TM[F + j]) / 2, within(1e-4));
        }
    }

    private float[] floats(int n) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) random.nextGaussian() * 0.4f;
        }
        return values;
    }
}
