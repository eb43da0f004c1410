package org.demur.sae.train;

import static org.demur.sae.train.TrainingFixture.CHUNK_ROWS;
import static org.demur.sae.train.TrainingFixture.FEATURES;
import static org.demur.sae.train.TrainingFixture.ROWS;
import static org.demur.sae.train.TrainingFixture.SHARDS;
import static org.demur.sae.train.TrainingFixture.WIDTH;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * The loss of every architecture written down naively in double precision, as a function of all parameters. What the kernels
 * hold fixed is held fixed at the given point: selections, the residuals that dead latents explain, and the parameters that a
 * term does not move.
 *
 * <p>Parameters lie in the order of the optimiser's rows (encoder, decoder, scalars of a feature), then the decoder bias.
 */
final class NaiveLoss {
    private final Objective objective;
    private final Architecture kind;
    private final int length;
    private final int models;
    private final double[] parameters;
    private final double[] fixed;
    private final List<ShardBatch> batches;
    private final double[][] residual_TD;
    private final double[] variance_S;

    NaiveLoss(Objective objective, TrainingWeights weights, List<ShardBatch> batches) {
        this.objective = objective;
        this.kind = objective.architecture();
        this.length = weights.shape().rowLength();
        this.models = weights.shape().models();
        this.batches = batches;
        this.parameters = parameters(weights);
        this.fixed = parameters.clone();
        this.residual_TD = new double[SHARDS * ROWS][];
        this.variance_S = new double[SHARDS];
        for (int s = 0; s < SHARDS; s++) {
            holdResiduals(s);
        }
    }

    static double[] parameters(TrainingWeights weights) {
        int length = weights.shape().rowLength();
        double[] all = new double[FEATURES * length + WIDTH];
        for (int j = 0; j < FEATURES; j++) {
            for (int c = 0; c < WIDTH; c++) {
                all[j * length + c] = weights.w_enc().flat()[j * WIDTH + c];
                all[j * length + WIDTH + c] = weights.w_dec().flat()[j * WIDTH + c];
            }
            for (int s = 0; s < weights.shape().scalars(); s++) {
                all[j * length + 2 * WIDTH + s] = weights.scalar(s)[j];
            }
        }
        for (int c = 0; c < WIDTH; c++) {
            all[FEATURES * length + c] = weights.b_dec()[c];
        }
        return all;
    }

    private void holdResiduals(int s) {
        double[] mean = new double[WIDTH];
        for (int t = 0; t < ROWS; t++) {
            double[] e = error(new Token(s, t), FEATURES, parameters);
            residual_TD[s * ROWS + t] = e;
            for (int c = 0; c < WIDTH; c++) {
                mean[c] += e[c] / ROWS;
            }
        }
        for (int t = 0; t < ROWS; t++) {
            for (int c = 0; c < WIDTH; c++) {
                variance_S[s] += Math.pow(residual_TD[s * ROWS + t][c] - mean[c], 2);
            }
        }
    }

    /** Derivatives with respect to some parameters; 0 at the others. */
    double[] centralDifferences(int[] some) {
        double[] gradient = new double[parameters.length];
        double h = 1e-6;
        for (int i : some) {
            double kept = parameters[i];
            parameters[i] = kept + h;
            double above = loss();
            parameters[i] = kept - h;
            gradient[i] = (above - loss()) / (2 * h);
            parameters[i] = kept;
        }
        return gradient;
    }

    private record Token(int shard, int row) {}

    double loss() {
        double loss = 0;
        for (int s = 0; s < SHARDS; s++) {
            for (int t = 0; t < ROWS; t++) {
                Token token = new Token(s, t);
                loss += reconstruction(token) + second(token) + sparsity(token) + auxiliary(token);
            }
        }
        return loss;
    }

    private static double perSquare() {
        return TrainingFixture.loss().perSquare();
    }

    private double reconstruction(Token token) {
        int[] prefixes = kind.prefixes(FEATURES);
        double[] weights = kind.prefixWeights(FEATURES);
        double loss = 0;
        for (int p = 0; p < prefixes.length; p++) {
            loss += weights[p] * square(error(token, prefixes[p], parameters)) * perSquare();
        }
        return loss;
    }

    private double second(Token token) {
        if (!kind.hasSecond()) {
            return 0;
        }
        double[] decoder = kind.secondMovesDecoder() ? parameters : fixed;
        double[] encoder = kind.secondMovesEncoder() ? parameters : fixed;
        double[] error = empty(token, decoder);
        each(token, CodeSets::second, (j, value) -> decode(error, j, product(token, j, encoder), decoder));
        return kind.secondWeight() * square(error) * perSquare();
    }

    private double sparsity(Token token) {
        double[] sum = new double[1];
        if (kind instanceof ReluL1 one) {
            each(token, CodeSets::main, (j, value) -> {
                sum[0] += one.coefficient() * product(token, j, parameters) * (one.normWeighted() ? norm(j) : 1);
            });
        } else if (kind instanceof Gated gated) {
            each(token, CodeSets::second, (j, value) -> {
                sum[0] += gated.coefficient() * product(token, j, parameters) * (gated.normWeighted() ? norm(j) : 1);
            });
        } else if (kind instanceof JumpRelu jump && jump.sparsity() instanceof JumpRelu.Tanh tanh) {
            each(token, CodeSets::main, (j, value) -> {
                double f = product(token, j, parameters);
                sum[0] += value > 0 ? tanh.weight() * Math.tanh(tanh.scale() * f * norm(j)) : 0;
            });
        }
        return sum[0] * perSquare();
    }

    private double auxiliary(Token token) {
        if (objective.auxiliary().latents() == 0) {
            return 0;
        }
        double[] guess = residual_TD[token.shard * ROWS + token.row].clone();
        each(token, CodeSets::auxiliary, (j, value) -> decode(guess, j, product(token, j, parameters), parameters));
        return objective.auxiliary().weight() / SHARDS / variance_S[token.shard] * square(guess);
    }

    /** Derivative of the reconstruction loss with respect to the value of a feature in a row. */
    double slope(int shard, int row, int feature) {
        double[] error = error(new Token(shard, row), FEATURES, parameters);
        double slope = 0;
        for (int c = 0; c < WIDTH; c++) {
            slope += 2 * perSquare() * error[c] * parameters[feature * length + WIDTH + c];
        }
        return slope;
    }

    /** The pre-activation of a feature in a row. */
    double product(int shard, int row, int feature) {
        return product(new Token(shard, row), feature, parameters);
    }

    /** x' - x of the first {@code end} features. */
    private double[] error(Token token, int end, double[] from) {
        double[] error = empty(token, from);
        each(token, CodeSets::main, (j, value) -> {
            if (j < end && value > 0) {
                decode(error, j, value(token, j), from);
            }
        });
        return error;
    }

    private double value(Token token, int j) {
        double h = product(token, j, parameters);
        if (!(kind instanceof Gated)) {
            return h;
        }
        int at = j * length + 2 * WIDTH;
        return (h - parameters[at]) * Math.exp(parameters[at + 2]) + parameters[at + 1];
    }

    private double[] empty(Token token, double[] from) {
        double[] error = new double[WIDTH];
        for (int c = 0; c < WIDTH; c++) {
            error[c] = from[FEATURES * length + c] - target(token, c);
        }
        return error;
    }

    private void decode(double[] target, int j, double value, double[] from) {
        for (int c = 0; c < WIDTH; c++) {
            target[c] += value * from[j * length + WIDTH + c];
        }
    }

    private double product(Token token, int j, double[] from) {
        double h = from[j * length + 2 * WIDTH];
        boolean centred = objective.inputBias() == Objective.InputBias.DECODER;
        for (int c = 0; c < WIDTH; c++) {
            h += from[j * length + c] * (input(token, c) - (centred ? from[FEATURES * length + c] : 0));
        }
        return h;
    }

    private double norm(int j) {
        double[] squares = new double[models];
        for (int c = 0; c < WIDTH; c++) {
            squares[c * models / WIDTH] += Math.pow(parameters[j * length + WIDTH + c], 2);
        }
        return Arrays.stream(squares).map(Math::sqrt).sum();
    }

    private static double square(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value * value;
        }
        return sum;
    }

    private double input(Token token, int c) {
        short bits = batches.get(token.shard).bits_BI()[token.row * WIDTH + c];
        return Float.intBitsToFloat(bits << 16) * (double) TrainingFixture.INPUT_SCALE;
    }

    private double target(Token token, int c) {
        short[] other = batches.get(token.shard).targetBits_BO();
        return other.length == 0
                ? input(token, c)
                : Float.intBitsToFloat(other[token.row * WIDTH + c] << 16) * (double) TrainingFixture.INPUT_SCALE;
    }

    @FunctionalInterface
    private interface Entry {
        void visit(int feature, float value);
    }

    private void each(Token token, Function<CodeSets, ChunkCodes> set, Entry entry) {
        ChunkCodes codes = set.apply(batches.get(token.shard).chunks().get(token.row / CHUNK_ROWS));
        int row = token.row % CHUNK_ROWS;
        for (int i = codes.start(row); i < codes.start(row + 1); i++) {
            entry.visit(codes.features()[i], codes.values()[i]);
        }
    }
}
