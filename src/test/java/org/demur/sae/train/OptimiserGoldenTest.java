package org.demur.sae.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.demur.sae.train.TrainingGoldenTest.FEATURES;
import static org.demur.sae.train.TrainingGoldenTest.ROWS;
import static org.demur.sae.train.TrainingGoldenTest.WIDTH;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.demur.SharedData;
import org.demur.model.SafetensorsFile;
import org.demur.sae.LaneProduct;
import org.demur.sae.WorkCrew;
import org.demur.sae.train.Objective.DecoderNorm;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Parameters after one and three steps of two libraries, whose trainers project the decoder's gradient, clip the whole gradient,
 * apply Adam and scale the decoder's rows, each where its conventions say so.
 */
@Tag("shared")
class OptimiserGoldenTest {
    private static final double TOLERANCE = 1e-5;
    private static final double RATE = 1e-3;
    private static final long NEVER = 1L << 40;

    /** The first steps of Adam divide by the gradient, so that rounding of the smallest becomes a step of either sign. */
    private static final double LEAST_GRADIENT = 1e-6;

    static Stream<TrainingGoldenTest.Case> cases() {
        return TrainingGoldenTest.cases().filter(given -> !given.name().startsWith("sp_"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void parametersAfterOneAndThreeStepsMatch(TrainingGoldenTest.Case given) {
        var file = SharedData.path("goldens", "sae", "training", given.name(), "golden.safetensors");
        boolean constrained = given.name().startsWith("dl_");
        boolean clipped = !List.of("dl_gated", "dl_standard").contains(given.name());
        boolean noMomentum = List.of("dl_gated", "dl_jumprelu").contains(given.name());
        var objective = new Objective(
                given.architecture(),
                given.auxiliary(),
                given.inputBias(),
                constrained ? DecoderNorm.ONE : DecoderNorm.FREE,
                clipped ? 1 : 0);
        try (SafetensorsFile golden = SafetensorsFile.open(file);
                WorkCrew crew = new WorkCrew(2);
                TrainingWeights weights = new TrainingWeights(
                        SaeShape.of(FEATURES, WIDTH, given.architecture()), LaneProduct::new, 1000)) {
            GoldenTensors tensors = new GoldenTensors(golden);
            tensors.fill(weights, given.architecture());
            RowOptimiser adam = new AdamOptimiser(noMomentum ? 0 : 0.9, 0.999, 1e-8);
            var model = TrainingStep.Model.begin(objective, weights, new TrainingStep.Start(adam, NEVER, 0, 1));
            ShardBatch batch = batch(objective, weights, tensors.floats("x"));
            try (TrainingStep step = new TrainingStep(model, new LossScale(1, ROWS, 1, 1), Collective.alone(), crew)) {
                for (int number = 1; number <= 3; number++) {
                    if (number == 1 || !constrained) {
                        // SAELens was given the same marks at every step.
                        markDead(tensors, model.dead());
                    }
                    step.run(List.of(batch), new RowOptimiser.Step(number, RATE, 1));
                    if (number != 2) {
                        compare(tensors, weights, given.architecture(), "after" + number + ".");
                    }
                }
            }
        }
    }

    private static void markDead(GoldenTensors tensors, DeadLatents dead) {
        tensors.markDead(dead);
        long[] silent = dead.silentTokens_F();
        Arrays.setAll(silent, j -> silent[j] > 0 ? NEVER : 0);
    }

    private static ShardBatch batch(Objective objective, TrainingWeights weights, float[] x) {
        var layout =
                new ShardBatch.Layout(weights.shape(), objective, 100, ShardBatch.Stored.FP32, ShardBatch.Target.INPUT);
        ShardBatch batch = new ShardBatch(ROWS, layout);
        System.arraycopy(x, 0, batch.exact_BI(), 0, x.length);
        return batch;
    }

    private static void compare(GoldenTensors tensors, TrainingWeights weights, Architecture kind, String prefix) {
        compare(prefix + "encoder", weights.w_enc().flat(), tensors.encoder(prefix), tensors.encoder("grad."));
        compare(prefix + "decoder", weights.w_dec().flat(), tensors.decoder(prefix), tensors.decoder("grad."));
        compare(prefix + "b_dec", weights.b_dec(), tensors.decoderBias(prefix), tensors.decoderBias("grad."));
        for (int s = 0; s < kind.scalars().size(); s++) {
            String name = kind.scalars().get(s);
            compare(prefix + name, weights.scalar(s), tensors.scalar(prefix, name), tensors.scalar("grad.", name));
        }
    }

    private static void compare(String name, float[] found, float[] expected, float[] gradient) {
        float largest = 0;
        for (float g : gradient) {
            largest = Math.max(largest, Math.abs(g));
        }
        assertThat(found).as(name).hasSameSizeAs(expected);
        List<Integer> compared = new ArrayList<>();
        for (int i = 0; i < found.length; i++) {
            if (Math.abs(gradient[i]) > LEAST_GRADIENT * largest || gradient[i] == 0) {
                assertThat(found[i]).as("%s %d", name, i).isCloseTo(expected[i], within((float) TOLERANCE));
                compared.add(i);
            }
        }
        assertThat(compared).as("compared of " + name).hasSizeGreaterThan(found.length * 9 / 10);
    }
}
