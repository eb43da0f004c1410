package org.demur.sae.train;

import java.util.Arrays;
import java.util.List;
import org.demur.sae.MatrixProduct;
import org.demur.sae.RowKernels;
import org.demur.sae.SparseCodes;
import org.demur.sae.TopKSelection;
import org.demur.sae.WorkCrew;

/**
 * The token-major half of a training step: encode, select, reconstruct, and the gradients with respect to each token's
 * reconstruction and pre-activations (Gao et al. 2024, eq. 1-4).
 *
 * <pre>
 *   h = W_enc (x - b_dec) + b_enc      f = ReLU(TopK(h))      x' = W_dec^T f + b_dec
 *   loss = 1/B sum_t |x'_t - x_t|^2 / V                                     (V: total variance of the inputs)
 *   auxiliary (eq. 7-8): 1/32 * 1/B sum_t |e'_t - e_t|^2 / V_e,  e = x - x' held fixed,  e' = W_dec^T ReLU(TopK_dead(h))
 * </pre>
 *
 * <p>The auxiliary term is normalised by the variance {@code V_e} of the residuals of its shard and averaged over shards. Work
 * is cut into chunks of {@link #CHUNK_ROWS} rows of one shard and sums are combined in chunk order, so nothing depends on
 * threads or on which worker holds the shard.
 *
 * <p>Legend: {@code B} rows of a shard, {@code R} rows of a chunk, {@code F} features, {@code D} width, {@code K} latents.
 */
public final class TokenPass implements AutoCloseable {
    /** Rows of one encoder product. */
    public static final int CHUNK_ROWS = 512;

    private final TrainingWeights weights;
    private final LossScale loss;
    private final WorkCrew crew;
    private final Scratch[] scratch;

    /** A pass with the given latents a row; every thread of the crew gets its own buffers. */
    public TokenPass(TrainingWeights weights, int k, LossScale loss, WorkCrew crew) {
        this.weights = weights;
        this.loss = loss;
        this.crew = crew;
        this.scratch = new Scratch[crew.threads()];
        for (int slot = 0; slot < scratch.length; slot++) {
            scratch[slot] = new Scratch(
                    weights.encoder().chunk(CHUNK_ROWS),
                    new TopKSelection(weights.features(), k),
                    new float[4 * RowKernels.LANES]);
        }
    }

    /** Runs the pass over the loaded shards; {@code dead} lists the latents that take part in the auxiliary loss, ascending. */
    public void run(List<ShardBatch> batches, int[] dead) {
        int auxiliary = Math.min(loss.auxiliaryLatents(), dead.length);
        batches.forEach(batch -> batch.reserveAuxiliary(auxiliary));
        TopKSelection[] ranks = auxiliarySelections(dead, auxiliary);
        Parts parts = Parts.of(batches);
        ChunkSums[] sums = new ChunkSums[parts.count()];
        crew.run(
                parts.count(), (part, slot) -> sums[part] = reconstruct(parts, part, scratch[slot], ranks[slot], dead));
        double[] squared = combine(batches, parts, sums);
        double[] normalised = new double[batches.size()];
        if (auxiliary > 0) {
            double[] scales = residualScales(batches, squared);
            double[] errors = new double[parts.count()];
            crew.run(parts.count(), (part, slot) -> errors[part] = explainResidual(parts, part, scales, scratch[slot]));
            for (int part = 0; part < parts.count(); part++) {
                normalised[parts.shard(part)] += errors[part] * scales[parts.shard(part)];
            }
        }
        for (int s = 0; s < batches.size(); s++) {
            batches.get(s).record(squared[s], normalised[s]);
        }
    }

    private TopKSelection[] auxiliarySelections(int[] dead, int auxiliary) {
        TopKSelection[] ranks = new TopKSelection[scratch.length];
        for (int slot = 0; slot < ranks.length && auxiliary > 0; slot++) {
            ranks[slot] = new TopKSelection(dead.length, auxiliary);
        }
        return ranks;
    }

    private ChunkSums reconstruct(Parts parts, int part, Scratch own, TopKSelection ranks, int[] dead) {
        ShardBatch batch = parts.batch(part);
        int from = parts.from(part);
        int rows = parts.rows(part);
        int d = weights.width();
        batch.centre(from, from + rows, loss.inputScale(), weights.b_dec_D());
        own.chunk().x_RD().put(0, batch.x_BD(), from * d, rows * d);
        var product = own.chunk().multiply(rows);
        ChunkSums sums = new ChunkSums(new float[d], new double[1]);
        for (int r = 0; r < rows; r++) {
            own.selection().load(product, r * weights.features(), weights.b_enc_F());
            int k = batch.codes().k();
            int at = (from + r) * k;
            own.selection().select(batch.codes().indices_BK(), batch.codes().values_BK(), at);
            if (!batch.auxiliary().isEmpty()) {
                selectDead(batch, from + r, own.selection().row(), ranks, dead);
            }
            sums.squaredError()[0] += differentiate(batch, from + r, own.lanes());
            RowKernels.addScaled(sums.slope_D(), 0, 1, batch.slope_BD(), (from + r) * d, d);
        }
        return sums;
    }

    /** Leaves the gradient of the row's reconstruction and of its pre-activations; returns the squared error. */
    private double differentiate(ShardBatch batch, int row, float[] lanes) {
        int d = weights.width();
        int at = row * d;
        float[] error = batch.slope_BD();
        for (int c = 0; c < d; c++) {
            error[at + c] = -batch.x_BD()[at + c];
        }
        int k = batch.codes().k();
        int first = row * k;
        var sum = new RowKernels.RowSum(error, at, weights.w_dec_FD(), d);
        RowKernels.gather(sum, batch.codes().indices_BK(), batch.codes().values_BK(), first, first + k);
        double squared = RowKernels.dot(error, at, error, at, d, lanes);
        RowKernels.scale(error, at, loss.slope(), d);
        RowKernels.dots(sum, batch.codes().indices_BK(), first, first + k, batch.slopes_BK(), lanes);
        return squared;
    }

    private static void selectDead(ShardBatch batch, int row, float[] h_F, TopKSelection ranks, int[] dead) {
        float[] own = ranks.row();
        for (int i = 0; i < dead.length; i++) {
            own[i] = h_F[dead[i]];
        }
        SparseCodes codes = batch.auxiliary().codes();
        int at = row * codes.k();
        ranks.select(codes.indices_BK(), codes.values_BK(), at);
        for (int i = at; i < at + codes.k(); i++) {
            codes.indices_BK()[i] = dead[codes.indices_BK()[i]];
        }
    }

    private static double[] combine(List<ShardBatch> batches, Parts parts, ChunkSums[] sums) {
        double[] squared = new double[batches.size()];
        batches.forEach(batch -> Arrays.fill(batch.slopeSum_D(), 0));
        for (int part = 0; part < parts.count(); part++) {
            ShardBatch batch = parts.batch(part);
            squared[parts.shard(part)] += sums[part].squaredError()[0];
            RowKernels.addScaled(batch.slopeSum_D(), 0, 1, sums[part].slope_D(), 0, batch.width());
        }
        return squared;
    }

    /** One over (rows times residual variance), per shard: the auxiliary loss is this times the summed squared error. */
    private double[] residualScales(List<ShardBatch> batches, double[] squared) {
        double[] scales = new double[batches.size()];
        for (int s = 0; s < scales.length; s++) {
            double mean = 0;
            for (float slope : batches.get(s).slopeSum_D()) {
                double sum = slope / (double) loss.slope();
                mean += sum * sum / batches.get(s).rows();
            }
            double variance = squared[s] - mean;
            scales[s] = variance > 0 ? 1 / variance : 0;
        }
        return scales;
    }

    private double explainResidual(Parts parts, int part, double[] scales, Scratch own) {
        ShardBatch batch = parts.batch(part);
        var auxiliary = batch.auxiliary();
        int d = weights.width();
        int k = auxiliary.codes().k();
        float toError = 1 / loss.slope();
        float slope = (float) (2 * loss.auxiliaryWeight() * scales[parts.shard(part)]);
        double squared = 0;
        for (int row = parts.from(part); row < parts.from(part) + parts.rows(part); row++) {
            int at = row * d;
            for (int c = 0; c < d; c++) {
                auxiliary.slope_BD()[at + c] = batch.slope_BD()[at + c] * toError;
            }
            var sum = new RowKernels.RowSum(auxiliary.slope_BD(), at, weights.w_dec_FD(), d);
            SparseCodes codes = auxiliary.codes();
            RowKernels.gather(sum, codes.indices_BK(), codes.values_BK(), row * k, row * k + k);
            squared += RowKernels.dot(auxiliary.slope_BD(), at, auxiliary.slope_BD(), at, d, own.lanes());
            RowKernels.scale(auxiliary.slope_BD(), at, slope, d);
            RowKernels.dots(sum, codes.indices_BK(), row * k, row * k + k, auxiliary.slopes_BA(), own.lanes());
        }
        return squared;
    }

    @Override
    public void close() {
        for (Scratch own : scratch) {
            own.chunk().close();
        }
    }

    /**
     * Constants of the loss.
     *
     * @param inputScale factor from stored activations to the scaled space
     * @param slope 2 / (tokens of the whole minibatch * V): factor from error to gradient
     * @param auxiliaryLatents most dead latents a row in the auxiliary loss
     * @param auxiliaryWeight coefficient of the auxiliary loss divided by the number of shards
     */
    public record LossScale(float inputScale, float slope, int auxiliaryLatents, double auxiliaryWeight) {}

    private record Scratch(MatrixProduct.Chunk chunk, TopKSelection selection, float[] lanes) {}

    private record ChunkSums(float[] slope_D, double[] squaredError) {}

    private record Parts(List<ShardBatch> batches, int perShard) {
        static Parts of(List<ShardBatch> batches) {
            return new Parts(batches, (batches.get(0).rows() + CHUNK_ROWS - 1) / CHUNK_ROWS);
        }

        int count() {
            return batches.size() * perShard;
        }

        int shard(int part) {
            return part / perShard;
        }

        ShardBatch batch(int part) {
            return batches.get(part / perShard);
        }

        int from(int part) {
            return part % perShard * CHUNK_ROWS;
        }

        int rows(int part) {
            return Math.min(CHUNK_ROWS, batch(part).rows() - from(part));
        }
    }
}
