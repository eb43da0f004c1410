package org.demur.sae.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.demur.sae.train.TrainingFixture.FEATURES;
import static org.demur.sae.train.TrainingFixture.ROWS;
import static org.demur.sae.train.TrainingFixture.SHARDS;
import static org.demur.sae.train.TrainingFixture.WIDTH;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.demur.sae.WorkCrew;
import org.demur.sae.train.Objective.DecoderNorm;
import org.demur.sae.train.Objective.InputBias;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares the hand-written gradients of every architecture with central differences of its {@link NaiveLoss}. */
class GradientTest {
    private static final double BETA1 = 0.9;
    private static final int[] DEAD = {2, 11, 12, 30, 31, 47, 58};

    static Stream<Objective> objectives() {
        return Stream.concat(
                TrainingFixture.architectures().map(kind -> free(kind, InputBias.DECODER)),
                Stream.of(
                        free(TopK.of(4), InputBias.NONE),
                        free(new JumpRelu(0.3, new JumpRelu.Step(0), false, 0), InputBias.NONE),
                        TrainingFixture.objective(3)));
    }

    private static Objective free(Architecture kind, InputBias bias) {
        return new Objective(kind, TrainingFixture.objective(kind, 3).auxiliary(), bias, DecoderNorm.FREE, 0);
    }

    @ParameterizedTest
    @MethodSource("objectives")
    void gradientsMatchCentralDifferences(Objective objective) {
        compare(new Problem(objective));
    }

    @ParameterizedTest
    @MethodSource("transcoders")
    void gradientsOfTranscodersMatchCentralDifferences(Objective objective) {
        compare(new Problem(objective, TrainingFixture.pairedBatches(objective)));
    }

    static Stream<Objective> transcoders() {
        return TrainingFixture.architectures().map(kind -> free(kind, InputBias.NONE));
    }

    @ParameterizedTest
    @MethodSource("crosscoders")
    void gradientsOfCrosscodersMatchCentralDifferences(Objective objective) {
        compare(new Problem(objective, TrainingFixture.batches(objective), 2));
    }

    static Stream<Objective> crosscoders() {
        return TrainingFixture.architectures()
                .filter(Architecture::usesNorms)
                .map(kind -> free(kind, InputBias.DECODER));
    }

    private static void compare(Problem problem) {
        Objective objective = problem.model.objective();
        double[] found = problem.gradient();
        double[] expected = problem.naive.centralDifferences(problem.sampled());
        if (objective.decoderNorm() == DecoderNorm.ONE) {
            problem.projectDecoder(expected);
        }
        double largest = 0;
        for (double value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        assertThat(largest).isPositive();
        for (int i : problem.sampled()) {
            assertThat(found[i]).as("parameter %d", i).isCloseTo(expected[i], within(1e-4 * largest));
        }
    }

    @Test
    void thresholdsGetTheGradientOfTheRectangularKernel() {
        double width = 0.4;
        double weight = 0.7;
        Objective objective = new Objective(
                new JumpRelu(width, new JumpRelu.Step(weight), false, 0),
                Auxiliary.none(),
                InputBias.DECODER,
                DecoderNorm.FREE,
                0);
        Problem problem = new Problem(objective);
        double[] found = problem.gradient();
        int hits = 0;
        for (int j = 0; j < FEATURES; j++) {
            double threshold = problem.parameters[j * problem.length + 2 * WIDTH + 1];
            double expected = 0;
            for (int t = 0; t < SHARDS * ROWS; t++) {
                double h = problem.naive.product(t / ROWS, t % ROWS, j);
                if (Math.abs(h - threshold) < width / 2) {
                    double slope = problem.naive.slope(t / ROWS, t % ROWS, j);
                    expected -=
                            (threshold * slope + weight * TrainingFixture.loss().perSquare()) / width;
                    hits++;
                }
            }
            assertThat(found[j * problem.length + 2 * WIDTH + 1])
                    .as("threshold %d", j)
                    .isCloseTo(expected, within(1e-5));
        }
        assertThat(hits).isGreaterThan(FEATURES);
    }

    @Test
    void aLimitScalesTheWholeGradientByItsNorm() {
        Objective free = TrainingFixture.objective(3);
        double limit = 0.01;
        Objective clipped =
                new Objective(free.architecture(), free.auxiliary(), free.inputBias(), free.decoderNorm(), limit);
        double[] whole = new Problem(free).gradient();
        double[] found = new Problem(clipped).gradient();
        double square = 0;
        for (double g : whole) {
            square += g * g;
        }
        assertThat(Math.sqrt(square)).isGreaterThan(2 * limit);
        double factor = limit / (Math.sqrt(square) + 1e-6);
        for (int i = 0; i < whole.length; i++) {
            assertThat(found[i]).as("parameter %d", i).isCloseTo(factor * whole[i], within(1e-5 * limit));
        }
    }

    @Test
    void aLimitAboveTheNormChangesNothing() {
        Objective free = TrainingFixture.objective(3);
        Objective wide =
                new Objective(free.architecture(), free.auxiliary(), free.inputBias(), free.decoderNorm(), 1e6);
        assertThat(new Problem(wide).gradient()).isEqualTo(new Problem(free).gradient());
    }

    /** One step at rate 0 from the same point for all. */
    private static final class Problem {
        private final TrainingStep.Model model;
        private final double[] parameters;
        private final NaiveLoss naive;
        private final int length;

        Problem(Objective objective) {
            this(objective, TrainingFixture.batches(objective));
        }

        Problem(Objective objective, List<ShardBatch> batches) {
            this(objective, batches, 1);
        }

        Problem(Objective objective, List<ShardBatch> batches, int models) {
            SaeShape shape = SaeShape.crosscoder(FEATURES, WIDTH / models, models, objective.architecture());
            TrainingWeights weights = TrainingFixture.weights(shape, RowMatrix.SLICE_ELEMENTS);
            if (objective.decoderNorm() == DecoderNorm.FREE) {
                TrainingFixture.stretchDecoder(weights);
            }
            for (int j : DEAD) {
                weights.b_enc_F()[j] = -0.6f;
            }
            weights.mirror(0, FEATURES);
            length = weights.shape().rowLength();
            parameters = NaiveLoss.parameters(weights);
            model = TrainingFixture.model(objective, AdamOptimiser.standard(), weights, 0, 1);
            for (int j : DEAD) {
                model.dead().silentTokens_F()[j] = 1000;
            }
            try (WorkCrew crew = new WorkCrew(1);
                    TrainingStep step = new TrainingStep(model, TrainingFixture.loss(), Collective.alone(), crew)) {
                step.run(batches, new RowOptimiser.Step(1, 0, 1));
            }
            naive = new NaiveLoss(objective, weights, batches);
        }

        /** The first moment of Adam after one step is (1 - beta1) times the gradient. */
        double[] gradient() {
            double[] gradient = new double[parameters.length];
            int rows = FEATURES * length;
            for (int i = 0; i < rows; i++) {
                int j = i / length;
                gradient[i] = model.state().arrays(j)[0][model.state().at(j) + i % length] / (1 - BETA1);
            }
            for (int c = 0; c < WIDTH; c++) {
                gradient[rows + c] = model.b_decState()[0][c] / (1 - BETA1);
            }
            return gradient;
        }

        /** All parameters of some features, the dead among them, and the decoder bias; not thresholds, where no derivative exists. */
        int[] sampled() {
            boolean threshold = model.objective().architecture() instanceof JumpRelu;
            return IntStream.range(0, parameters.length)
                    .filter(i -> i >= FEATURES * length || i / length % 6 == 1 || i / length == DEAD[0])
                    .filter(i -> !(threshold && i < FEATURES * length && i % length == 2 * WIDTH + 1))
                    .toArray();
        }

        void projectDecoder(double[] gradient) {
            for (int j = 0; j < FEATURES; j++) {
                int at = j * length + WIDTH;
                double along = 0;
                for (int c = 0; c < WIDTH; c++) {
                    along += gradient[at + c] * parameters[at + c];
                }
                for (int c = 0; c < WIDTH; c++) {
                    gradient[at + c] -= along * parameters[at + c];
                }
            }
        }
    }
}
