package org.demur.sae.train;

import java.util.Arrays;
import java.util.List;
import org.demur.sae.RowKernels;
import org.demur.sae.WorkCrew;

/**
 * The feature-major half of a training step on the features of one worker: for every feature the gradient rows are summed in
 * shard order and token order in a buffer that stays in the nearest cache, and the optimiser is applied at once. No gradient
 * matrix exists, rows never conflict, and each feature's result is independent of all others.
 *
 * <p>Gradients (with x already less b_dec): dW_enc_j = sum_t s_tj x_t, db_enc_j = sum_t s_tj, dW_dec_j = sum_t f_tj g_t, where s is
 * the slope of the pre-activation and g that of the reconstruction; db_dec = sum_t g_t - sum_j db_enc_j W_enc_j. The decoder's
 * gradient is projected orthogonal to its row before the update and the row scaled to norm 1 after it (Bricken et al. 2023).
 *
 * <p>Legend: {@code D} width; a row of state holds encoder [D], decoder [D], encoder bias [1].
 */
public final class FeaturePass {
    private final TrainingWeights weights;
    private final FeatureBlocks blocks;
    private final OptimiserState state;
    private final WorkCrew crew;
    private final float[][] gradients;
    private final float[][] lanes;

    /** A pass over the features that {@code state} covers. */
    public FeaturePass(TrainingWeights weights, OptimiserState state, WorkCrew crew) {
        this.weights = weights;
        this.blocks = FeatureBlocks.of(weights.features());
        this.state = state;
        this.crew = crew;
        this.gradients = new float[crew.threads()][OptimiserState.rowLength(weights.width())];
        this.lanes = new float[crew.threads()][RowKernels.LANES];
    }

    /**
     * Updates the worker's features.
     *
     * @return for every block of the worker, in order, its part of the gradient of b_dec, [blocks, D] flat
     */
    public float[] run(
            List<ShardBatch> batches, List<FeatureLists> main, List<FeatureLists> auxiliary, RowOptimiser.Step step) {
        int d = weights.width();
        float[] partial = new float[state.blockCount() * d];
        crew.run(state.blockCount(), (part, slot) -> {
            int block = state.firstBlock() + part;
            for (int j = blocks.start(block); j < blocks.start(block + 1); j++) {
                float[] gradient = gradients[slot];
                boolean idle = !accumulate(j, batches, main, auxiliary, gradient);
                RowKernels.addScaled(partial, part * d, -gradient[2 * d], weights.w_enc_FD(), j * d, d);
                if (!idle || state.optimiser().movesIdleRows()) {
                    update(j, gradient, step, lanes[slot]);
                }
            }
        });
        return partial;
    }

    private boolean accumulate(
            int feature,
            List<ShardBatch> batches,
            List<FeatureLists> main,
            List<FeatureLists> auxiliary,
            float[] gradient) {
        Arrays.fill(gradient, 0);
        boolean touched = false;
        for (int s = 0; s < batches.size(); s++) {
            ShardBatch batch = batches.get(s);
            touched |= add(main.get(s), feature, batch.x_BD(), batch.slope_BD(), gradient);
            if (!auxiliary.isEmpty()) {
                touched |= add(
                        auxiliary.get(s),
                        feature,
                        batch.x_BD(),
                        batch.auxiliary().slope_BD(),
                        gradient);
            }
        }
        return touched;
    }

    private boolean add(FeatureLists lists, int feature, float[] x_BD, float[] slope_BD, float[] gradient) {
        int d = weights.width();
        int from = lists.starts_F1()[feature];
        int to = lists.starts_F1()[feature + 1];
        if (from == to) {
            return false;
        }
        RowKernels.gather(new RowKernels.RowSum(gradient, 0, x_BD, d), lists.tokens(), lists.slopes(), from, to);
        RowKernels.gather(new RowKernels.RowSum(gradient, d, slope_BD, d), lists.tokens(), lists.values(), from, to);
        for (int i = from; i < to; i++) {
            gradient[2 * d] += lists.slopes()[i];
        }
        return true;
    }

    private void update(int feature, float[] gradient, RowOptimiser.Step step, float[] scratch) {
        int d = weights.width();
        int at = feature * d;
        float[] w_dec = weights.w_dec_FD();
        float along = RowKernels.dot(gradient, d, w_dec, at, d, scratch);
        RowKernels.addScaled(gradient, d, -along, w_dec, at, d);
        state.optimiser().update(state.encoder(weights, feature), gradient, 0, step);
        state.optimiser().update(state.decoder(weights, feature), gradient, d, step);
        state.optimiser().update(state.bias(weights, feature), gradient, 2 * d, step);
        RowKernels.normalise(w_dec, at, d, scratch);
        weights.encoder().put(feature, weights.w_enc_FD(), at);
    }
}
