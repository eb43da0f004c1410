package org.demur.sae.train;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.demur.sae.WorkCrew;

/**
 * The token-major half of a training step: encode, select, reconstruct, and the gradients with respect to each token's
 * reconstructions and pre-activations.
 *
 * <pre>
 *   h = W_enc (x - b_in) + b      f = code(h)      x' = W_dec^T f + b_dec
 *   loss = 1/(B V) sum_t |x'_t - y_t|^2 + sparsity + auxiliary             (V: total variance of the inputs, or 1)
 * </pre>
 *
 * <p>Work is cut into chunks of rows of one shard and sums are combined in chunk order, so nothing depends on threads or on
 * which worker holds the shard.
 */
public final class TokenPass implements AutoCloseable {
    /** The bound of the next step lies this far below what this step kept. */
    private static final float BOUND_SHARE = 0.85f;

    private final TrainingWeights weights;
    private final Architecture architecture;
    private final LossScale loss;
    private final WorkCrew crew;
    private final RowReconstruction[] scratch;
    private final ResidualPass residual;
    private float bound;

    /** A pass; every thread of the crew gets its own buffers. */
    public TokenPass(TrainingWeights weights, Objective objective, LossScale loss, WorkCrew crew) {
        this.weights = weights;
        this.architecture = objective.architecture();
        this.loss = loss;
        this.crew = crew;
        this.scratch = IntStream.range(0, crew.threads())
                .mapToObj(slot -> new RowReconstruction(weights, objective, loss))
                .toArray(RowReconstruction[]::new);
        this.residual = new ResidualPass(weights, objective, loss, crew);
    }

    /** Runs the pass over the loaded shards. */
    void run(List<ShardBatch> batches, StepFacts step) {
        residual.begin(batches, step.dead(), architecture.ranksByNorm() ? step.norms_F() : new float[0]);
        for (RowReconstruction own : scratch) {
            own.begin(step);
        }
        Parts parts = Parts.of(batches);
        ChunkSums[] sums = new ChunkSums[parts.count()];
        ShardSelection[] selections = new ShardSelection[batches.size()];
        if (architecture.settles()) {
            settle(batches, parts, step, selections);
            crew.run(parts.count(), (part, slot) -> sums[part] = reconstruct(parts, part, step, slot, selections));
        } else {
            crew.run(parts.count(), (part, slot) -> {
                code(parts, part, step, slot);
                sums[part] = reconstruct(parts, part, step, slot, selections);
            });
        }
        ChunkSums[] shards = combine(batches, parts, sums);
        double[] auxiliary = residual.run(parts, shards, scratch);
        for (int s = 0; s < shards.length; s++) {
            double extra = architecture.settles() ? architecture.shardLoss(selections[s], step.sparsity()) : 0;
            float smallest = architecture.settles() ? selections[s].smallest() : 0;
            batches.get(s).record(shards[s].loss(extra / loss.shards(), auxiliary[s], smallest));
        }
    }

    private void settle(List<ShardBatch> batches, Parts parts, StepFacts step, ShardSelection[] selections) {
        StepFacts bounded = step.withBound(architecture.usesBound() ? bound(parts, step) : 0);
        crew.run(parts.count(), (part, slot) -> code(parts, part, bounded, slot));
        float least = Float.POSITIVE_INFINITY;
        for (int s = 0; s < selections.length; s++) {
            ShardBatch batch = batches.get(s);
            selections[s] = new ShardSelection(batch.chunks(), batch.rows(), bounded.bound());
            if (!architecture.settle(selections[s])) {
                int first = parts.first(s);
                crew.run(parts.first(s + 1) - first, (part, slot) -> code(parts, first + part, step, slot));
                selections[s] = new ShardSelection(batch.chunks(), batch.rows(), 0);
                architecture.settle(selections[s]);
            }
            least = Math.min(least, selections[s].smallest());
        }
        bound = BOUND_SHARE * least;
    }

    /** A bound from the step before, or from the first chunk; it decides on the time a step takes and on nothing else. */
    private float bound(Parts parts, StepFacts step) {
        if (bound > 0) {
            return bound;
        }
        code(parts, 0, step, 0);
        CodeSets first = parts.codes(0);
        ShardSelection selection =
                new ShardSelection(List.of(first), first.main().rows(), 0);
        architecture.settle(selection);
        return BOUND_SHARE * selection.smallest();
    }

    private void code(Parts parts, int part, StepFacts step, int slot) {
        RowReconstruction own = scratch[slot];
        ShardBatch batch = parts.batch(part);
        int from = parts.from(part);
        int rows = parts.rows(part);
        batch.centre(from, from + rows, loss.inputScale(), weights.b_dec());
        own.chunk().multiply(batch.x_BI(), from * weights.shape().input(), rows);
        CodeSets codes = parts.codes(part);
        codes.begin(rows);
        for (int r = 0; r < rows; r++) {
            own.chunk().load(r, own.coder().row());
            own.coder().code(codes, step);
            residual.select(own.coder().row(), codes.auxiliary(), slot);
            codes.endRow();
        }
    }

    private ChunkSums reconstruct(Parts parts, int part, StepFacts step, int slot, ShardSelection[] selections) {
        ChunkSums sums = new ChunkSums(weights.shape().output());
        CodeSets codes = parts.codes(part);
        ShardSelection selection = selections[parts.shard(part)];
        for (int r = 0; r < parts.rows(part); r++) {
            scratch[slot].run(parts.batch(part), parts.from(part) + r, codes, r, sums);
            sums.sparsity += scratch[slot].coder().differentiate(codes, r, step, selection);
        }
        return sums;
    }

    private static ChunkSums[] combine(List<ShardBatch> batches, Parts parts, ChunkSums[] sums) {
        ChunkSums[] shards = new ChunkSums[batches.size()];
        for (int s = 0; s < shards.length; s++) {
            shards[s] = new ChunkSums(batches.get(s).biasSlope_O().length);
            for (int part = parts.first(s); part < parts.first(s + 1); part++) {
                shards[s].add(sums[part]);
            }
            System.arraycopy(shards[s].biasSlope_O, 0, batches.get(s).biasSlope_O(), 0, shards[s].biasSlope_O.length);
        }
        return shards;
    }

    @Override
    public void close() {
        for (RowReconstruction own : scratch) {
            own.close();
        }
    }

    /** The chunks of all shards, numbered. */
    record Parts(List<ShardBatch> batches, int[] firstPart, int chunkRows) {
        static Parts of(List<ShardBatch> batches) {
            int[] first = new int[batches.size() + 1];
            for (int s = 0; s < batches.size(); s++) {
                first[s + 1] = first[s] + batches.get(s).chunks().size();
            }
            return new Parts(batches, first, batches.get(0).layout().chunkRows());
        }

        int count() {
            return firstPart[batches.size()];
        }

        int first(int shard) {
            return firstPart[shard];
        }

        int shard(int part) {
            int place = Arrays.binarySearch(firstPart, part);
            return place >= 0 ? place : -place - 2;
        }

        ShardBatch batch(int part) {
            return batches.get(shard(part));
        }

        CodeSets codes(int part) {
            int shard = shard(part);
            return batches.get(shard).chunks().get(part - firstPart[shard]);
        }

        int from(int part) {
            return (part - firstPart[shard(part)]) * chunkRows;
        }

        int rows(int part) {
            return Math.min(chunkRows, batch(part).rows() - from(part));
        }
    }
}
