package org.demur.sae.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.demur.sae.train.TrainingFixture.FEATURES;
import static org.demur.sae.train.TrainingFixture.ROWS;
import static org.demur.sae.train.TrainingFixture.SHARDS;
import static org.demur.sae.train.TrainingFixture.WIDTH;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.demur.sae.RowKernels;
import org.demur.sae.WorkCrew;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TrainingStepTest {
    private static final Objective OBJECTIVE = TrainingFixture.objective(6);

    static Stream<RowOptimiser> optimisers() {
        return Stream.of(
                AdamOptimiser.standard(),
                SignOptimiser.standard(),
                ScheduleFreeOptimiser.standard(),
                MuonOptimiser.standard());
    }

    /** Trains for some steps with every third latent counted as dead from the start. */
    private static TrainingWeights train(RowOptimiser optimiser, int threads, int steps) {
        TrainingWeights weights = TrainingFixture.weights();
        TrainingStep.Model model = TrainingFixture.model(OBJECTIVE, optimiser, weights, 0, 1);
        for (int j = 0; j < FEATURES; j += 3) {
            model.dead().silentTokens_F()[j] = 1000;
        }
        try (WorkCrew crew = new WorkCrew(threads);
                TrainingStep step = new TrainingStep(model, TrainingFixture.loss(), Collective.alone(), crew)) {
            for (int number = 1; number <= steps; number++) {
                step.run(TrainingFixture.batches(OBJECTIVE), new RowOptimiser.Step(number, 1e-3, 1.0 / number));
            }
        }
        return weights;
    }

    @ParameterizedTest
    @MethodSource("optimisers")
    void givesTheSameBitsWithAnyNumberOfThreads(RowOptimiser optimiser) {
        TrainingWeights one = train(optimiser, 1, 4);
        TrainingWeights three = train(optimiser, 3, 4);
        assertThat(three.w_enc().flat()).isEqualTo(one.w_enc().flat());
        assertThat(three.w_dec().flat()).isEqualTo(one.w_dec().flat());
        assertThat(three.b_enc_F()).isEqualTo(one.b_enc_F());
        assertThat(three.b_dec()).isEqualTo(one.b_dec());
    }

    @ParameterizedTest
    @MethodSource("optimisers")
    void keepsDecoderRowsAtNormOneAndChangesTheWeights(RowOptimiser optimiser) {
        TrainingWeights weights = train(optimiser, 2, 3);
        float[] lanes = new float[RowKernels.LANES];
        for (int j = 0; j < FEATURES; j++) {
            float[] w = weights.w_dec().flat();
            assertThat(RowKernels.dot(w, j * WIDTH, w, j * WIDTH, WIDTH, lanes)).isCloseTo(1f, within(1e-6f));
        }
        assertThat(weights.w_enc().flat())
                .isNotEqualTo(TrainingFixture.weights().w_enc().flat());
        assertThat(weights.b_dec()).isNotEqualTo(TrainingFixture.weights().b_dec());
    }

    @ParameterizedTest
    @MethodSource("optimisers")
    void lowersTheError(RowOptimiser optimiser) {
        TrainingWeights weights = TrainingFixture.weights();
        TrainingStep.Model model = TrainingFixture.model(OBJECTIVE, optimiser, weights, 0, 1);
        try (WorkCrew crew = new WorkCrew(1);
                TrainingStep step = new TrainingStep(model, TrainingFixture.loss(), Collective.alone(), crew)) {
            List<ShardBatch> batches = TrainingFixture.batches(OBJECTIVE);
            double first = step.run(batches, new RowOptimiser.Step(1, 3e-3, 1)).squaredError();
            double last = first;
            for (int number = 2; number <= 60; number++) {
                last = step.run(batches, new RowOptimiser.Step(number, 3e-3, 1.0 / number))
                        .squaredError();
            }
            assertThat(last).isLessThan(0.8 * first);
        }
    }

    @Test
    void auxiliaryLossMovesOnlyDeadLatentsThatTheBatchLeavesSilent() {
        TrainingWeights with = TrainingFixture.weights();
        TrainingWeights without = TrainingFixture.weights();
        TrainingStep.Model aided =
                TrainingFixture.model(TrainingFixture.objective(2), SignOptimiser.standard(), with, 0, 1);
        TrainingStep.Model plain =
                TrainingFixture.model(TrainingFixture.objective(0), SignOptimiser.standard(), without, 0, 1);
        int[] dead = {5, 17, 40};
        for (int j : dead) {
            aided.dead().silentTokens_F()[j] = 1000;
            with.b_enc_F()[j] = -9;
            without.b_enc_F()[j] = -9;
        }
        with.mirror(0, FEATURES);
        without.mirror(0, FEATURES);
        runOnce(aided);
        runOnce(plain);
        int[] changed = IntStream.range(0, FEATURES)
                .filter(j -> !Arrays.equals(
                        with.w_dec().flat(),
                        j * WIDTH,
                        (j + 1) * WIDTH,
                        without.w_dec().flat(),
                        j * WIDTH,
                        (j + 1) * WIDTH))
                .toArray();
        // A bias of -9 silences even the auxiliary ReLU, so nothing may move.
        assertThat(changed).isEmpty();
        for (int j : dead) {
            with.b_enc_F()[j] = -0.4f;
            without.b_enc_F()[j] = -0.4f;
        }
        with.mirror(0, FEATURES);
        without.mirror(0, FEATURES);
        float[] before = with.w_dec().flat();
        double loss = runOnce(aided).losses().auxiliary();
        assertThat(loss).isPositive();
        assertThat(before).isNotEqualTo(with.w_dec().flat());
    }

    private static TrainingStep.Outcome runOnce(TrainingStep.Model model) {
        try (WorkCrew crew = new WorkCrew(2);
                TrainingStep step = new TrainingStep(model, TrainingFixture.loss(), Collective.alone(), crew)) {
            return step.run(TrainingFixture.batches(model.objective()), new RowOptimiser.Step(1, 1e-3, 1));
        }
    }

    @Test
    void countsSilentTokensOverAllShards() {
        TrainingStep.Model model = TrainingFixture.model(
                TrainingFixture.objective(0), SignOptimiser.standard(), TrainingFixture.weights(), 0, 1);
        model.weights().b_enc_F()[7] = -50;
        model.weights().mirror(0, FEATURES);
        runOnce(model);
        assertThat(model.dead().silentTokens_F()[7]).isEqualTo((long) ROWS * SHARDS);
        assertThat(model.dead().dead()).isEmpty();
        runOnce(model);
        assertThat(model.dead().dead()).contains(7);
    }
}
