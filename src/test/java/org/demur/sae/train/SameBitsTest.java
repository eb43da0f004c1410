package org.demur.sae.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.demur.sae.train.TrainingFixture.FEATURES;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.demur.sae.WorkCrew;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Threads, workers and the slices of matrices leave every bit of every architecture's weights alone. */
class SameBitsTest {
    private static final int STEPS = 3;
    private static final int SMALL_SLICE = 200;

    private RowOptimiser rule;

    static Stream<Objective> objectives() {
        return Stream.concat(
                TrainingFixture.architectures().map(kind -> TrainingFixture.objective(kind, 5)),
                Stream.of(new Objective(
                        TopK.of(4),
                        new Auxiliary(5, 1, Auxiliary.Form.PLAIN),
                        Objective.InputBias.NONE,
                        Objective.DecoderNorm.FREE,
                        0.5)));
    }

    @ParameterizedTest
    @MethodSource("objectives")
    void threadsWorkersAndSlicesDoNotShow(Objective objective) throws Exception {
        check(objective, new AveragedOptimiser(AdamOptimiser.standard(), 0.5));
    }

    @Test
    void norDoTheyWhereAllFeaturesMoveTogether() throws Exception {
        check(TrainingFixture.objective(5), MuonOptimiser.standard());
    }

    private void check(Objective objective, RowOptimiser rule) throws Exception {
        this.rule = rule;
        List<float[]> expected = alone(objective, 1, RowMatrix.SLICE_ELEMENTS);
        assertSame(alone(objective, 3, RowMatrix.SLICE_ELEMENTS), expected);
        assertSame(alone(objective, 1, SMALL_SLICE), expected);
        for (List<float[]> worker : together(objective)) {
            assertSame(worker, expected);
        }
    }

    private static void assertSame(List<float[]> found, List<float[]> expected) {
        for (int i = 0; i < expected.size(); i++) {
            assertThat(found.get(i)).as("array %d", i).isEqualTo(expected.get(i));
        }
    }

    private List<float[]> alone(Objective objective, int threads, int sliceElements) {
        return train(objective, Collective.alone(), threads, sliceElements);
    }

    private List<List<float[]>> together(Objective objective) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(TrainingFixture.SHARDS);
        try {
            List<Future<List<float[]>>> running = new ArrayList<>();
            for (Collective worker : WireCollective.of(TrainingFixture.SHARDS)) {
                running.add(pool.submit(() -> {
                    try (worker) {
                        return train(objective, worker, 1, SMALL_SLICE);
                    }
                }));
            }
            List<List<float[]>> results = new ArrayList<>();
            for (Future<List<float[]>> each : running) {
                results.add(each.get());
            }
            return results;
        } finally {
            pool.shutdownNow();
        }
    }

    private List<float[]> train(Objective objective, Collective workers, int threads, int sliceElements) {
        TrainingWeights weights = TrainingFixture.weights(objective.architecture(), sliceElements);
        if (objective.decoderNorm() == Objective.DecoderNorm.FREE) {
            TrainingFixture.stretchDecoder(weights);
        }
        TrainingStep.Model model = TrainingFixture.model(objective, rule, weights, workers.rank(), workers.size());
        for (int j = 0; j < FEATURES; j += 3) {
            model.dead().silentTokens_F()[j] = 1000;
        }
        List<ShardBatch> all = TrainingFixture.batches(objective);
        int first = all.size() * workers.rank() / workers.size();
        int end = all.size() * (workers.rank() + 1) / workers.size();
        try (WorkCrew crew = new WorkCrew(threads);
                TrainingStep step =
                        new TrainingStep(model, TrainingFixture.loss(), new Resampling(2, 3), workers, crew)) {
            for (int number = 1; number <= STEPS; number++) {
                step.run(all.subList(first, end), new RowOptimiser.Step(number, 1e-2, 1.0 / number));
            }
            step.finish();
        }
        List<float[]> result =
                new ArrayList<>(List.of(weights.w_enc().flat(), weights.w_dec().flat(), weights.b_dec()));
        IntStream.range(0, weights.shape().scalars()).mapToObj(weights::scalar).forEach(result::add);
        return result;
    }
}
