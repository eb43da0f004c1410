package org.demur.sae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.demur.JobException;
import org.demur.edit.FeatureSlice;
import org.demur.edit.HookPoint;
import org.junit.jupiter.api.Test;

/** Edits of single features see what the encoder computes. */
class ThresholdFormTest {
    private static final int FEATURES = 40;
    private static final int D = 12;
    private static final int ROWS = 60;

    private static float[] random(long seed, int count, double scale) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (scale * random.nextGaussian());
        }
        return values;
    }

    private static Sae sae(Activation activation, SaeInput input) {
        return new Sae(
                new SaeFacts(HookPoint.residPost(2), activation, input),
                random(1, FEATURES * D, 0.4),
                activation instanceof Activation.Gated ? new float[FEATURES] : random(2, FEATURES, 0.2),
                random(3, FEATURES * D, 0.4),
                random(4, D, 0.3));
    }

    private static void assertSameFeatures(Sae sae) {
        float[] x_BD = random(5, ROWS * D, 1);
        FeatureCodes codes = sae.encode(x_BD, ROWS);
        FeatureSlice slice = sae.slice(IntStream.range(0, FEATURES).toArray());
        assertThat(codes.active()).isBetween(ROWS, ROWS * FEATURES / 2 + ROWS * 5);
        for (int row = 0; row < ROWS; row++) {
            int entry = codes.starts_B1()[row];
            for (int j = 0; j < FEATURES; j++) {
                double h = slice.b_enc_M()[j];
                for (int c = 0; c < D; c++) {
                    h += (double) slice.w_enc_MD()[j * D + c] * x_BD[row * D + c];
                }
                boolean isCoded = entry < codes.starts_B1()[row + 1] && codes.indices()[entry] == j;
                float f = isCoded ? codes.values()[entry++] : 0;
                double ofSlice = h > Math.max(slice.threshold_M()[j], 0) ? h : 0;
                assertThat(ofSlice).as("row %d feature %d", row, j).isCloseTo(f, within(1e-4));
            }
        }
    }

    @Test
    void exactForThresholdsOfAnyKind() {
        assertSameFeatures(sae(new Activation.Relu(), SaeInput.centred()));
        assertSameFeatures(sae(new Activation.Relu(), SaeInput.plain()));
        assertSameFeatures(sae(new Activation.Threshold(random(6, FEATURES, 0.5)), SaeInput.centred()));
        assertSameFeatures(sae(
                new Activation.Gated(random(7, FEATURES, 0.5), random(8, FEATURES, 0.3), random(9, FEATURES, 0.5)),
                SaeInput.centred()));
    }

    @Test
    void rankingsGetTheHeightThatAsManyExceed() {
        float[] x_ND = random(10, 500 * D, 1);
        Activation topK = new Activation.TopK(6, Activation.Sign.RECTIFIED, Activation.TopK.UNKNOWN);
        Activation groupMax = new Activation.GroupMax(5, Activation.TopK.UNKNOWN);
        for (Activation activation : new Activation[] {topK, groupMax}) {
            Sae sae = sae(activation, SaeInput.centred());
            assertThatThrownBy(() -> sae.slice(new int[] {0}))
                    .isInstanceOf(JobException.class)
                    .hasMessageContaining("has no threshold")
                    .hasMessageContaining("train.import");
            Sae measured = ThresholdFit.measured(sae, x_ND, LaneProduct::new);
            float threshold = measured.slice(new int[] {0}).threshold_M()[0];
            float[] same = new float[FEATURES];
            Arrays.fill(same, threshold);
            Sae exceeding = new Sae(sae.facts().with(new Activation.Threshold(same)), sae.weights());
            assertThat(exceeding.encode(x_ND, 500).active())
                    .isCloseTo(sae.encode(x_ND, 500).active(), within(1));
            assertThat(ThresholdFit.measured(measured, x_ND, LaneProduct::new)).isSameAs(measured);
        }
    }

    @Test
    void refusesWhatHasNoThresholdForm() {
        Activation relu = new Activation.Relu();
        SaeInput rescaled = new SaeInput(SaeInput.Centring.NONE, new InputNorm.UnitMeanSquare());
        assertThatThrownBy(() -> sae(relu, rescaled).slice(new int[] {0}))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("layer 2 rescales every row");
        Sae transcoder = new Sae(
                new SaeFacts(HookPoint.residPost(2), relu, SaeInput.plain(), SaeFacts.Target.OTHER),
                sae(relu, SaeInput.plain()).weights());
        assertThatThrownBy(() -> transcoder.slice(new int[] {0}))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("is a transcoder");
    }
}
