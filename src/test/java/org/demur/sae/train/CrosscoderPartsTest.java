package org.demur.sae.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.demur.edit.HookPoint;
import org.demur.sae.LaneProduct;
import org.demur.sae.Sae;
import org.demur.sae.SaeFacts;
import org.demur.sae.WorkCrew;
import org.junit.jupiter.api.Test;

/** Dictionaries of two models at once. */
class CrosscoderPartsTest {
    private static final int WIDTH = 16;
    private static final int GROUP = 8;
    private static final int ROWS = 256;
    private static final int STEPS = 600;

    @Test
    void cutsRowsAndMeasuresWhoseTheyAre() {
        float[] w_dec = {3, 4, 0, 0, 0, 5, 12, 9, 0, 0, 0, 2};
        Sae wide = new Sae(
                new SaeFacts(HookPoint.residPost(1), 1, 0), w_dec.clone(), new float[3], w_dec, new float[] {1, 2, 3, 4
                });
        CrosscoderParts parts = new CrosscoderParts(wide);
        assertThat(parts.decoder(0)).containsExactly(3, 4, 0, 5, 0, 0);
        assertThat(parts.encoder(1)).containsExactly(0, 0, 12, 9, 0, 2);
        assertThat(parts.decoderBias(1)).containsExactly(3, 4);
        assertThat(parts.secondShare()).containsExactly(0, 0.75f, 1);
        assertThat(parts.counts(0.1f)).isEqualTo(new CrosscoderParts.Counts(1, 1, 1));
        assertThatThrownBy(() -> SaeShape.crosscoder(4, 3, 0, TopK.of(1))).hasMessageContaining("equal parts");
    }

    /** Directions of the first model alone, of both, and of the second alone; a row has one of them. */
    @Test
    void tellsFeaturesOfOneModelFromThoseOfBoth() {
        SplittableRandom random = new SplittableRandom(4);
        float[][] truth = new float[3 * GROUP][2 * WIDTH];
        for (int j = 0; j < truth.length; j++) {
            int from = j < 2 * GROUP ? 0 : WIDTH;
            int to = j < GROUP ? WIDTH : 2 * WIDTH;
            for (int c = from; c < to; c++) {
                truth[j][c] = (float) random.nextGaussian();
            }
        }
        Architecture kind = new ReluL1(0.2, true);
        Objective objective =
                new Objective(kind, Auxiliary.none(), Objective.InputBias.DECODER, Objective.DecoderNorm.FREE, 0);
        SaeShape shape = SaeShape.crosscoder(6 * GROUP, WIDTH, 2, kind);
        try (TrainingWeights weights = new TrainingWeights(shape, LaneProduct::new);
                WorkCrew crew = new WorkCrew(1)) {
            weights.initialise(1, new float[2 * WIDTH]);
            var start = new TrainingStep.Start(AdamOptimiser.standard(), 1 << 20, 0, 1);
            var model = TrainingStep.Model.begin(objective, weights, start);
            ShardBatch batch = new ShardBatch(
                    ROWS, ShardBatch.Layout.of(weights, objective).holding(ShardBatch.Stored.FP32));
            try (TrainingStep step = new TrainingStep(model, new LossScale(1, ROWS, 1, 1), Collective.alone(), crew)) {
                for (int number = 1; number <= STEPS; number++) {
                    fill(batch.exact_BI(), truth, random);
                    step.run(List.of(batch), new RowOptimiser.Step(number, 0.01 * (STEPS - number) / STEPS, 1));
                }
            }
            Sae wide = TrainedSae.fold(weights, 1, new SaeFacts(HookPoint.residPost(0), 1, 0));
            float[] share_F = new CrosscoderParts(wide).secondShare();
            assertThat(middle(wide, truth, share_F, 0)).isCloseTo(0, within(0.1f));
            assertThat(middle(wide, truth, share_F, GROUP)).isCloseTo(0.5f, within(0.1f));
            assertThat(middle(wide, truth, share_F, 2 * GROUP)).isCloseTo(1, within(0.1f));
        }
    }

    /** The median over a group of true directions of the share that the decoder row closest to each has. */
    private static float middle(Sae wide, float[][] truth, float[] share_F, int from) {
        float[] shares = new float[GROUP];
        for (int i = 0; i < GROUP; i++) {
            shares[i] = share_F[closest(wide, truth[from + i])];
        }
        Arrays.sort(shares);
        return shares[GROUP / 2];
    }

    private static int closest(Sae wide, float[] direction) {
        int best = 0;
        double highest = -1;
        for (int j = 0; j < wide.F(); j++) {
            double along = 0;
            double square = 1e-12;
            for (int c = 0; c < direction.length; c++) {
                float w = wide.w_dec_FD()[j * direction.length + c];
                along += w * direction[c];
                square += w * w;
            }
            if (along / Math.sqrt(square) > highest) {
                highest = along / Math.sqrt(square);
                best = j;
            }
        }
        return best;
    }

    private static void fill(float[] x, float[][] truth, SplittableRandom random) {
        Arrays.fill(x, 0);
        for (int row = 0; row < ROWS; row++) {
            float[] direction = truth[random.nextInt(truth.length)];
            float height = 0.5f + (float) random.nextDouble();
            for (int c = 0; c < direction.length; c++) {
                x[row * direction.length + c] = height * direction[c];
            }
        }
    }
}
