package org.demur.sae.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.demur.sae.train.TrainingFixture.FEATURES;
import static org.demur.sae.train.TrainingFixture.WIDTH;

import java.util.List;
import java.util.function.Function;
import org.demur.sae.WorkCrew;
import org.junit.jupiter.api.Test;

/**
 * Compares the hand-written gradients with central differences of the loss written down naively in double precision. The
 * selection is held fixed, as it is in the neighbourhood of any point without ties.
 */
class GradientTest {
    private static final int LENGTH = 2 * WIDTH + 1;
    private static final Objective OBJECTIVE = TrainingFixture.objective(3);
    private static final double BETA1 = 0.9;
    private static final int[] DEAD = {2, 11, 12, 30, 31, 47, 58};

    @Test
    void gradientsMatchCentralDifferences() {
        TrainingWeights weights = TrainingFixture.weights();
        for (int j : DEAD) {
            weights.b_enc_F()[j] = -0.6f;
        }
        NaiveLoss naive = new NaiveLoss(weights);
        TrainingStep.Model model = TrainingFixture.model(OBJECTIVE, AdamOptimiser.standard(), weights, 0, 1);
        for (int j : DEAD) {
            model.dead().silentTokens_F()[j] = 1000;
        }
        float[] w_decBefore = weights.w_dec().flat();
        List<ShardBatch> batches = TrainingFixture.batches(OBJECTIVE);
        try (WorkCrew crew = new WorkCrew(1);
                TrainingStep step = new TrainingStep(model, TrainingFixture.loss(), Collective.alone(), crew)) {
            step.run(batches, new RowOptimiser.Step(1, 0, 1));
        }
        naive.hold(batches);
        double[] gradient = gradients(model);
        double[] expected = naive.centralDifferences();
        projectDecoder(expected, w_decBefore);
        double largest = 0;
        for (double value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        assertThat(largest).isPositive();
        for (int i = 0; i < expected.length; i++) {
            assertThat(gradient[i]).as("parameter %d", i).isCloseTo(expected[i], within(1e-4 * largest));
        }
    }

    /** The first moment of Adam after one step is (1 - beta1) times the gradient. Order: rows of state, then b_dec. */
    private static double[] gradients(TrainingStep.Model model) {
        int rows = FEATURES * LENGTH;
        double[] gradient = new double[rows + WIDTH];
        for (int i = 0; i < rows; i++) {
            int j = i / LENGTH;
            gradient[i] = model.state().arrays(j)[0][model.state().at(j) + i % LENGTH] / (1 - BETA1);
        }
        for (int c = 0; c < WIDTH; c++) {
            gradient[rows + c] = model.b_decState()[0][c] / (1 - BETA1);
        }
        return gradient;
    }

    private static void projectDecoder(double[] gradient, float[] w_dec_FD) {

        for (int j = 0; j < FEATURES; j++) {
            double along = 0;
            for (int c = 0; c < WIDTH; c++) {
                along += gradient[j * LENGTH + WIDTH + c] * w_dec_FD[j * WIDTH + c];
            }
            for (int c = 0; c < WIDTH; c++) {
                gradient[j * LENGTH + WIDTH + c] -= along * w_dec_FD[j * WIDTH + c];
            }
        }
    }

    /** Parameters in the order of the optimiser's rows; codes, residuals and their variance held at the given point. */
    private static final class NaiveLoss {
        private final double[] parameters;
        private List<ShardBatch> batches;
        private double[][] residual_TD;
        private double[] variance_S;

        NaiveLoss(TrainingWeights weights) {
            parameters = new double[FEATURES * LENGTH + WIDTH];
            for (int j = 0; j < FEATURES; j++) {
                for (int c = 0; c < WIDTH; c++) {
                    parameters[j * LENGTH + c] = weights.w_enc().flat()[j * WIDTH + c];
                    parameters[j * LENGTH + WIDTH + c] = weights.w_dec().flat()[j * WIDTH + c];
                }
                parameters[j * LENGTH + 2 * WIDTH] = weights.b_enc_F()[j];
            }
            for (int c = 0; c < WIDTH; c++) {
                parameters[FEATURES * LENGTH + c] = weights.b_dec()[c];
            }
        }

        void hold(List<ShardBatch> given) {
            batches = given;
            int rows = TrainingFixture.ROWS;
            residual_TD = new double[batches.size() * rows][];
            variance_S = new double[batches.size()];
            for (int s = 0; s < batches.size(); s++) {
                double[] mean = new double[WIDTH];
                for (int t = 0; t < rows; t++) {
                    double[] e = error(s, t);
                    residual_TD[s * rows + t] = e;
                    for (int c = 0; c < WIDTH; c++) {
                        mean[c] += e[c] / rows;
                    }
                }
                for (int t = 0; t < rows; t++) {
                    for (int c = 0; c < WIDTH; c++) {
                        variance_S[s] += Math.pow(residual_TD[s * rows + t][c] - mean[c], 2);
                    }
                }
            }
        }

        double[] centralDifferences() {
            double[] gradient = new double[parameters.length];
            double h = 1e-6;
            for (int i = 0; i < parameters.length; i++) {
                double kept = parameters[i];
                parameters[i] = kept + h;
                double above = loss();
                parameters[i] = kept - h;
                gradient[i] = (above - loss()) / (2 * h);
                parameters[i] = kept;
            }
            return gradient;
        }

        private double loss() {
            LossScale scale = TrainingFixture.loss();
            double weight = OBJECTIVE.auxiliary().weight() / TrainingFixture.SHARDS;
            double loss = 0;
            for (int s = 0; s < batches.size(); s++) {
                for (int t = 0; t < TrainingFixture.ROWS; t++) {
                    for (double e : error(s, t)) {
                        loss += 0.5 * scale.slope() * e * e;
                    }
                    double[] guess = new double[WIDTH];
                    addDecoded(guess, s, t, CodeSets::auxiliary);
                    double[] target = residual_TD[s * TrainingFixture.ROWS + t];
                    for (int c = 0; c < WIDTH; c++) {
                        loss += weight / variance_S[s] * Math.pow(guess[c] + target[c], 2);
                    }
                }
            }
            return loss;
        }

        /** x' - x. */
        private double[] error(int shard, int token) {
            double[] error = new double[WIDTH];
            for (int c = 0; c < WIDTH; c++) {
                error[c] = bias(c) - input(shard, token, c);
            }
            addDecoded(error, shard, token, CodeSets::main);
            return error;
        }

        private void addDecoded(double[] target, int shard, int token, Function<CodeSets, ChunkCodes> kind) {
            int chunkRows = TrainingFixture.CHUNK_ROWS;
            ChunkCodes codes = kind.apply(batches.get(shard).chunks().get(token / chunkRows));
            int row = token % chunkRows;
            for (int i = codes.start(row); i < codes.start(row + 1); i++) {
                if (codes.values()[i] > 0) {
                    int at = codes.features()[i] * LENGTH;
                    double h = parameters[at + 2 * WIDTH];
                    for (int c = 0; c < WIDTH; c++) {
                        h += parameters[at + c] * (input(shard, token, c) - bias(c));
                    }
                    for (int c = 0; c < WIDTH; c++) {
                        target[c] += h * parameters[at + WIDTH + c];
                    }
                }
            }
        }

        private double bias(int c) {
            return parameters[parameters.length - WIDTH + c];
        }

        private double input(int shard, int token, int c) {
            short bits = batches.get(shard).bits_BI()[token * WIDTH + c];
            return Float.intBitsToFloat(bits << 16) * (double) TrainingFixture.INPUT_SCALE;
        }
    }
}
