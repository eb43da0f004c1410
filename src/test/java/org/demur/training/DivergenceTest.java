package org.demur.training;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.demur.JobException;
import org.demur.rows.ShardRange;
import org.demur.sae.LaneProduct;
import org.demur.sae.WorkCrew;
import org.demur.sae.train.Architecture;
import org.demur.sae.train.Auxiliary;
import org.demur.sae.train.BatchTopK;
import org.demur.sae.train.Collective;
import org.demur.sae.train.LossScale;
import org.demur.sae.train.Objective;
import org.demur.sae.train.ReluL1;
import org.demur.sae.train.RowOptimiser;
import org.demur.sae.train.SaeShape;
import org.demur.sae.train.ShardBatch;
import org.demur.sae.train.SignOptimiser;
import org.demur.sae.train.TopK;
import org.demur.sae.train.TrainingStep;
import org.demur.sae.train.TrainingWeights;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DivergenceTest {
    private static final int WIDTH = 8;
    private static final int ROWS = 16;

    static Stream<Architecture> architectures() {
        return Stream.of(TopK.of(2), new BatchTopK(2, TopK.Ranking.PRE_ACTIVATION), new ReluL1(0.1, false));
    }

    @ParameterizedTest
    @MethodSource("architectures")
    void aRowThatIsNoNumberIsNamedByLayerStepAndShard(Architecture kind) {
        Objective objective =
                new Objective(kind, Auxiliary.none(), Objective.InputBias.DECODER, Objective.DecoderNorm.ONE, 0);
        try (WorkCrew crew = new WorkCrew(1);
                TrainingWeights weights = new TrainingWeights(SaeShape.of(32, WIDTH, kind), LaneProduct::new)) {
            weights.initialise(1, new float[WIDTH]);
            ShardBatch good = batch(weights, objective, 0);
            ShardBatch bad = batch(weights, objective, Float.NaN);
            var start = new TrainingStep.Start(SignOptimiser.standard(), 1 << 20, 0, 1);
            var model = TrainingStep.Model.begin(objective, weights, start);
            RowOptimiser.Step point = new RowOptimiser.Step(7, 0.01, 1);
            try (TrainingStep step =
                    new TrainingStep(model, new LossScale(1, 2 * ROWS, 1, 2), Collective.alone(), crew)) {
                List<ShardBatch> mine = List.of(good, bad);
                assertThatThrownBy(() -> new Divergence(3, new ShardRange(4, 6))
                                .watch(point, mine, () -> List.of(step.run(mine, point))))
                        .isInstanceOf(JobException.class)
                        .hasMessageContaining("Layer 3, step 7, shard 5: a row of activations holds NaN");
            }
        }
    }

    private static ShardBatch batch(TrainingWeights weights, Objective objective, float fifth) {
        ShardBatch batch =
                new ShardBatch(ROWS, ShardBatch.Layout.of(weights, objective).holding(ShardBatch.Stored.FP32));
        for (int i = 0; i < batch.exact_BI().length; i++) {
            batch.exact_BI()[i] = (float) Math.sin(i);
        }
        batch.exact_BI()[5 * WIDTH] = fifth;
        return batch;
    }
}
