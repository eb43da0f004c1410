package org.demur.sae.train;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.demur.sae.RowKernels;
import org.demur.sae.WorkCrew;

/**
 * The feature-major half of a training step on the features of one worker: for every feature the gradient rows are summed in
 * shard order and token order in a buffer that stays in the nearest cache, and the optimiser is applied at once. No gradient
 * matrix exists, rows never conflict, and each feature's result is independent of all others.
 *
 * <p>Gradients (with x already less b_in): dW_enc_j = sum_t s_tj x_t, dW_dec_j = sum_t f_tj g_t, where s is the slope of the
 * encoder's product and g that of what the feature adds to the reconstruction; db_dec = sum_t g_t - sum_j (sum_t s_tj) W_enc_j, the
 * second part only where b_dec is subtracted from the input. The decoder's gradient may be projected orthogonal to its row
 * before the update and the row scaled to norm 1 after it (Bricken et al. 2023).
 *
 * <p>Legend: {@code I}, {@code O} widths of input and output; a row of a gradient or of state holds encoder [I], decoder [O],
 * scalars.
 */
public final class FeaturePass {
    private static final int MAIN = 0;
    private static final int SECOND = 1;
    private static final int AUXILIARY = 2;
    private static final int SUMS_BEFORE_EXTRAS = 3;

    private final TrainingWeights weights;
    private final Objective objective;
    private final Architecture architecture;
    private final int[] prefixes;
    private final FeatureBlocks blocks;
    private final OptimiserState state;
    private final WorkCrew crew;
    private final Scratch[] scratch;

    /** A pass over the features that {@code state} covers. */
    public FeaturePass(TrainingWeights weights, Objective objective, OptimiserState state, WorkCrew crew) {
        this.weights = weights;
        this.objective = objective;
        this.architecture = objective.architecture();
        this.prefixes = architecture.prefixes(weights.features());
        this.blocks = FeatureBlocks.of(weights.features());
        this.state = state;
        this.crew = crew;
        this.scratch = IntStream.range(0, crew.threads())
                .mapToObj(slot -> new Scratch(
                        new float[weights.shape().rowLength()],
                        new float[SUMS_BEFORE_EXTRAS + architecture.extras()],
                        new float[4 * RowKernels.LANES]))
                .toArray(Scratch[]::new);
    }

    private record Scratch(float[] gradient, float[] sums, float[] lanes) {}

    /**
     * All entries of a minibatch by feature.
     *
     * @param batches shards in order
     * @param lists entries of every shard: main, second and auxiliary; the latter two may be missing
     */
    record Entries(List<ShardBatch> batches, List<List<FeatureLists>> lists) {}

    /** Does something with the gradient of a feature. */
    @FunctionalInterface
    private interface Use {
        /** Takes the gradient; it may be changed. */
        void gradient(int feature, int part, Scratch own);
    }

    /**
     * Updates the worker's features.
     *
     * @param factor of all gradients, to clip them
     * @return for every block of the worker, in order, its part of the gradient of b_dec, [blocks, O] flat; empty if the decoder
     *     bias is not subtracted from the input
     */
    float[] update(Entries entries, RowOptimiser.Step step, float factor) {
        float[] partial = partial();
        each(entries, partial, (feature, part, own) -> {
            if (factor != 1) {
                RowKernels.scale(own.gradient, 0, factor, own.gradient.length);
            }
            update(feature, own, step);
        });
        return partial;
    }

    /** The squared norm of the gradient of every block of the worker, and the parts of the gradient of b_dec. */
    Norms norms(Entries entries) {
        float[] partial = partial();
        double[] squares = new double[state.blockCount()];
        each(entries, partial, (feature, part, own) -> {
            for (float g : own.gradient) {
                squares[part] += (double) g * g;
            }
        });
        return new Norms(squares, partial);
    }

    /** What {@link #norms} finds. */
    record Norms(double[] squares, float[] partial) {}

    private float[] partial() {
        boolean both = objective.inputBias() == Objective.InputBias.DECODER;
        return new float[both ? state.blockCount() * weights.shape().input() : 0];
    }

    private void each(Entries entries, float[] partial, Use use) {
        int width = weights.shape().input();
        crew.run(state.blockCount(), (part, slot) -> {
            Scratch own = scratch[slot];
            int block = state.firstBlock() + part;
            for (int j = blocks.start(block); j < blocks.start(block + 1); j++) {
                boolean idle = !accumulate(j, entries, own);
                if (partial.length > 0) {
                    RowMatrix w_enc = weights.w_enc();
                    RowKernels.addScaled(
                            partial, part * width, -inputSum(own.sums), w_enc.array(j), w_enc.at(j), width);
                }
                if (!idle || state.optimiser().movesIdleRows()) {
                    constrain(j, own);
                    use.gradient(j, part, own);
                }
            }
        });
    }

    private float inputSum(float[] sums) {
        return sums[MAIN]
                + (architecture.secondMovesEncoder() ? sums[SECOND] : 0)
                + (objective.auxiliary().form().movesEncoder() ? sums[AUXILIARY] : 0);
    }

    private boolean accumulate(int feature, Entries entries, Scratch own) {
        Arrays.fill(own.gradient, 0);
        Arrays.fill(own.sums, 0);
        int prefix = 0;
        while (feature >= prefixes[prefix]) {
            prefix++;
        }
        boolean touched = false;
        for (int s = 0; s < entries.batches.size(); s++) {
            ShardBatch batch = entries.batches.get(s);
            List<FeatureLists> lists = entries.lists.get(s);
            touched |= add(lists.get(MAIN), feature, batch, new Flow(MAIN, true, batch.slopes_PBO()[prefix]), own);
            if (architecture.hasSecond()) {
                float[] slope = architecture.secondMovesDecoder() ? batch.secondSlope_BO() : NONE;
                Flow flow = new Flow(SECOND, architecture.secondMovesEncoder(), slope);
                touched |= add(lists.get(SECOND), feature, batch, flow, own);
            }
            if (batch.auxiliarySlopes_PBO().length > 0) {
                float[] slope = batch.auxiliarySlopes_PBO()[batch.auxiliarySlopes_PBO().length == 1 ? 0 : prefix];
                Flow flow = new Flow(AUXILIARY, objective.auxiliary().form().movesEncoder(), slope);
                touched |= add(lists.get(AUXILIARY), feature, batch, flow, own);
            }
        }
        return touched;
    }

    private static final float[] NONE = new float[0];

    /** Where the gradients of one kind of entries go: the decoder takes {@code slope_BO} unless it is empty. */
    private record Flow(int sum, boolean toEncoder, float[] slope_BO) {}

    private boolean add(FeatureLists lists, int feature, ShardBatch batch, Flow flow, Scratch own) {
        int from = lists.starts_F1()[feature];
        int to = lists.starts_F1()[feature + 1];
        if (from == to) {
            return false;
        }
        int input = weights.shape().input();
        int output = weights.shape().output();
        if (flow.toEncoder) {
            var sum = new RowKernels.RowSum(own.gradient, 0, batch.x_BI(), input);
            RowKernels.gather(sum, lists.tokens(), lists.slopes(), from, to);
            for (int i = from; i < to; i++) {
                own.sums[flow.sum] += lists.slopes()[i];
            }
        }
        if (flow.slope_BO.length > 0) {
            var sum = new RowKernels.RowSum(own.gradient, input, flow.slope_BO, output);
            RowKernels.gather(sum, lists.tokens(), lists.values(), from, to);
        }
        for (int e = 0; e < lists.extras().length; e++) {
            for (int i = from; i < to; i++) {
                own.sums[SUMS_BEFORE_EXTRAS + e] += lists.extras()[e][i];
            }
        }
        return true;
    }

    /** Completes the gradient of a feature: norm and scalars, and the projection. */
    private void constrain(int feature, Scratch own) {
        int input = weights.shape().input();
        int output = weights.shape().output();
        RowMatrix w_dec = weights.w_dec();
        float[] row = w_dec.array(feature);
        int at = w_dec.at(feature);
        int extra = architecture.normExtra();
        int part = output / weights.shape().models();
        for (int c = 0; extra >= 0 && c < output; c += part) {
            double norm = Math.sqrt(RowKernels.dot(row, at + c, row, at + c, part, own.lanes));
            float along = norm > 0 ? (float) (own.sums[SUMS_BEFORE_EXTRAS + extra] / norm) : 0;
            RowKernels.addScaled(own.gradient, input + c, along, row, at + c, part);
        }
        architecture.scalarGradients(own.sums, own.gradient, input + output);
        if (objective.decoderNorm() == Objective.DecoderNorm.ONE) {
            float along = RowKernels.dot(own.gradient, input, row, at, output, own.lanes);
            RowKernels.addScaled(own.gradient, input, -along, row, at, output);
        }
    }

    private void update(int feature, Scratch own, RowOptimiser.Step step) {
        int input = weights.shape().input();
        int output = weights.shape().output();
        RowOptimiser optimiser = state.optimiser();
        optimiser.update(state.encoder(weights, feature), own.gradient, 0, step);
        RowOptimiser.Row decoder = state.decoder(weights, feature);
        optimiser.update(decoder, own.gradient, input, step);
        for (int s = 0; s < weights.shape().scalars(); s++) {
            RowOptimiser.Row scalar = state.scalar(weights, s, feature);
            RowOptimiser.Step pace = s == 0 ? step.ofEncoderBias() : step;
            optimiser.ofVectors().update(scalar, own.gradient, input + output + s, pace);
            scalar.weights()[feature] = Math.max(architecture.least(s), scalar.weights()[feature]);
        }
        if (objective.decoderNorm() == Objective.DecoderNorm.ONE) {
            RowKernels.normalise(decoder.weights(), decoder.at(), output, own.lanes);
        }
        weights.encoder().put(feature);
    }
}
