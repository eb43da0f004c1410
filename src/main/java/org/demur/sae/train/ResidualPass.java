package org.demur.sae.train;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.demur.sae.RowKernels;
import org.demur.sae.TopKSelection;
import org.demur.sae.WorkCrew;

/** The auxiliary loss: selects dead latents while rows are coded, and has them explain the residuals afterwards. */
final class ResidualPass {
    private final TrainingWeights weights;
    private final Auxiliary auxiliary;
    private final LossScale loss;
    private final WorkCrew crew;
    private final int[] prefixes;
    private float[] rankNorms_F = new float[0];
    private int[][] dead_PD = new int[0][];
    private TopKSelection[][] selections = new TopKSelection[0][];

    ResidualPass(TrainingWeights weights, Objective objective, LossScale loss, WorkCrew crew) {
        this.weights = weights;
        this.auxiliary = objective.auxiliary();
        this.loss = loss;
        this.crew = crew;
        this.prefixes = auxiliary.form() == Auxiliary.Form.PLAIN_BY_PREFIX
                ? objective.architecture().prefixes(weights.features())
                : new int[] {weights.features()};
    }

    /** Takes note of the dead latents of a step, ascending, and of the norms that the selection is to weigh with, if any. */
    void begin(List<ShardBatch> batches, int[] dead, float[] norms_F) {
        rankNorms_F = norms_F;
        boolean idle = auxiliary.latents() == 0 || dead.length == 0;
        batches.forEach(batch -> batch.reserveAuxiliary(idle ? 0 : prefixes.length));
        dead_PD = new int[idle ? 0 : prefixes.length][];
        for (int p = 0; p < dead_PD.length; p++) {
            int from = p == 0 ? 0 : prefixes[p - 1];
            int to = prefixes[p];
            dead_PD[p] = Arrays.stream(dead).filter(j -> j >= from && j < to).toArray();
        }
        selections = new TopKSelection[crew.threads()][];
        for (int slot = 0; slot < selections.length; slot++) {
            selections[slot] = Arrays.stream(dead_PD)
                    .map(some -> new TopKSelection(Math.max(1, some.length), Math.max(1, most(some))))
                    .toArray(TopKSelection[]::new);
        }
    }

    private int most(int[] dead) {
        return Math.min(auxiliary.latents(), dead.length);
    }

    /** Adds the dead latents of a row with the largest pre-activations. */
    void select(float[] h_F, ChunkCodes codes, int slot) {
        for (int p = 0; p < dead_PD.length; p++) {
            int[] dead = dead_PD[p];
            int k = most(dead);
            if (k > 0) {
                TopKSelection selection = selections[slot][p];
                for (int i = 0; i < dead.length; i++) {
                    selection.row()[i] = h_F[dead[i]] * (rankNorms_F.length > 0 ? rankNorms_F[dead[i]] : 1);
                }
                codes.reserve(k);
                int at = codes.count();
                selection.select(codes.features(), codes.values(), at);
                for (int i = at; i < at + k; i++) {
                    int j = dead[codes.features()[i]];
                    codes.features()[i] = j;
                    codes.values()[i] = auxiliary.form().relu() ? Math.max(0, h_F[j]) : h_F[j];
                }
                if (auxiliary.form().relu()) {
                    codes.keepPositive(k);
                } else {
                    codes.keep(k);
                }
            }
        }
    }

    /** Leaves slopes of the auxiliary entries; returns every shard's share of the loss before its weight. */
    double[] run(TokenPass.Parts parts, ChunkSums[] shards, RowReconstruction[] scratch) {
        double[] total = new double[shards.length];
        if (dead_PD.length == 0) {
            return total;
        }
        double[][] scales = IntStream.range(0, shards.length)
                .mapToObj(s -> scales(shards[s], parts.batches().get(s).rows()))
                .toArray(double[][]::new);
        double[] perPart = new double[parts.count()];
        crew.run(
                parts.count(),
                (part, slot) -> perPart[part] = explain(parts, part, scales[parts.shard(part)], scratch[slot]));
        for (int part = 0; part < perPart.length; part++) {
            total[parts.shard(part)] += perPart[part];
        }
        return total;
    }

    /** Factors from summed squared errors to the loss before its weight, one for each prefix. */
    private double[] scales(ChunkSums shard, int rows) {
        return Arrays.stream(dead_PD)
                .mapToDouble(dead -> {
                    double share = Math.min(1, (double) dead.length / auxiliary.latents());
                    return switch (auxiliary.form()) {
                        case RESIDUAL_VARIANCE -> inverseVariance(shard, rows) / loss.shards();
                        case PLAIN, PLAIN_BY_PREFIX -> share * loss.perRow();
                        case INPUT_VARIANCE -> share * loss.perSquare();
                    };
                })
                .toArray();
    }

    private static double inverseVariance(ChunkSums shard, int rows) {
        double ofMean = 0;
        for (float sum : shard.error_O) {
            ofMean += (double) sum * sum / rows;
        }
        double variance = shard.squaredError - ofMean;
        return variance > 0 ? 1 / variance : 0;
    }

    private double explain(TokenPass.Parts parts, int part, double[] scales, RowReconstruction own) {
        ShardBatch batch = parts.batch(part);
        ChunkCodes codes = parts.codes(part).auxiliary();
        int width = weights.shape().output();
        double total = 0;
        for (int r = 0; r < parts.rows(part); r++) {
            int row = parts.from(part) + r;
            int at = row * width;
            int from = codes.start(r);
            for (int p = 0; p < dead_PD.length; p++) {
                int to = endOf(codes, from, codes.start(r + 1), prefixes[p]);
                if (dead_PD[p].length > 0) {
                    float[] error = batch.auxiliarySlopes_PBO()[p];
                    own.error(batch, row, prefixes.length == 1 ? own.lastPrefix() : p, error);
                    weights.w_dec().gather(error, at, codes.features(), codes.values(), from, to);
                    total += scales[p] * RowKernels.dot(error, at, error, at, width, own.lanes());
                    RowKernels.scale(error, at, (float) (2 * auxiliary.weight() * scales[p]), width);
                    weights.w_dec().dots(error, at, codes.features(), from, to, codes.slopes(), own.lanes());
                }
                from = to;
            }
        }
        return total;
    }

    private static int endOf(ChunkCodes codes, int from, int to, int feature) {
        int end = from;
        while (end < to && codes.features()[end] < feature) {
            end++;
        }
        return end;
    }
}
