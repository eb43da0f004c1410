package org.demur.sae.train;

import java.util.ArrayList;
import java.util.List;
import org.demur.sae.RowKernels;
import org.demur.sae.WorkCrew;

/**
 * One synchronous step of distributed training, in which only packets of tokens and updated rows move:
 *
 * <ol>
 *   <li>every worker runs the {@link TokenPass} on its shards with its replica of the weights;
 *   <li>the shards' packets are gathered in shard order;
 *   <li>every worker runs the {@link FeaturePass} on its own features over all tokens;
 *   <li>the updated rows are gathered, and b_dec is updated alike on every worker.
 * </ol>
 *
 * Sums run in shard, token and block order throughout, so any number of workers and threads gives the same bits.
 */
public final class TrainingStep implements AutoCloseable {
    private final TrainingWeights weights;
    private final OptimiserState state;
    private final float[][] b_decState;
    private final DeadLatents dead;
    private final Collective workers;
    private final WorkCrew crew;
    private final TokenPass tokens;
    private final FeaturePass features;
    private final StepShape shape;

    /** A step on the given parts. */
    public TrainingStep(Model model, StepShape shape, Collective workers, WorkCrew crew) {
        this.weights = model.weights();
        this.state = model.state();
        this.b_decState = model.b_decState();
        this.dead = model.dead();
        this.workers = workers;
        this.crew = crew;
        this.shape = shape;
        this.tokens = new TokenPass(weights, shape.k(), shape.loss(), crew);
        this.features = new FeaturePass(weights, state, crew);
    }

    /** Trains on the shards of this worker, whose activations are loaded, at a point of the schedule. */
    public Outcome run(List<ShardBatch> mine, RowOptimiser.Step step) {
        int[] deadNow = dead.dead();
        tokens.run(mine, deadNow);
        List<ShardBatch> all = gather(mine);
        List<FeatureLists> lists = lists(all, false);
        List<FeatureLists> auxiliary = all.get(0).auxiliary().isEmpty() ? List.of() : lists(all, true);
        float[] partial = features.run(all, lists, auxiliary, step);
        // Past the next exchange other workers may already overwrite their batches, so everything is taken from them
        // here.
        float[] biasGradient = new float[weights.width()];
        all.forEach(batch -> RowKernels.addScaled(biasGradient, 0, 1, batch.slopeSum_D(), 0, biasGradient.length));
        Outcome outcome = outcome(all, lists, deadNow.length);
        updateDecoderBias(biasGradient, exchange(partial), step);
        dead.observe(lists, outcome.rows());
        return outcome;
    }

    /** Turns the weights of training into those to publish, on every worker. */
    public void finish() {
        // Within a JVM the others may still be copying from this replica, here and below.
        workers.await();
        state.finish(weights);
        exchange(new float[state.blockCount() * weights.width()]);
        state.optimiser().finish(new RowOptimiser.Row(weights.b_dec_D(), 0, b_decState, 0, weights.width()));
        weights.mirror(0, weights.features());
        workers.await();
    }

    private List<FeaturePacket> exchange(float[] partial) {
        List<FeaturePacket> packets = workers.allGather(
                new FeaturePacket(weights, state.firstFeature(), state.endFeature(), partial),
                (rank, source) -> FeaturePacket.read(source, weights, rank, workers.size()));
        for (int rank = 0; rank < packets.size(); rank++) {
            if (rank != workers.rank()) {
                packets.get(rank).copyTo(weights);
            }
        }
        return packets;
    }

    private List<ShardBatch> gather(List<ShardBatch> mine) {
        List<TokenPacket> packets = workers.allGather(
                new TokenPacket(mine), (rank, source) -> TokenPacket.read(source, shape, weights.b_dec_D()));
        List<ShardBatch> all = new ArrayList<>();
        packets.forEach(packet -> all.addAll(packet.batches()));
        return all;
    }

    private List<FeatureLists> lists(List<ShardBatch> all, boolean auxiliary) {
        FeatureLists[] lists = new FeatureLists[all.size()];
        crew.run(all.size(), (shard, slot) -> {
            ShardBatch batch = all.get(shard);
            lists[shard] = auxiliary
                    ? FeatureLists.of(
                            batch.auxiliary().codes(), batch.auxiliary().slopes_BA(), weights.features())
                    : FeatureLists.of(batch.codes(), batch.slopes_BK(), weights.features());
        });
        return List.of(lists);
    }

    private void updateDecoderBias(float[] gradient, List<FeaturePacket> packets, RowOptimiser.Step step) {
        int d = weights.width();
        for (FeaturePacket packet : packets) {
            for (int at = 0; at < packet.partial().length; at += d) {
                RowKernels.addScaled(gradient, 0, 1, packet.partial(), at, d);
            }
        }
        state.optimiser().update(new RowOptimiser.Row(weights.b_dec_D(), 0, b_decState, 0, d), gradient, 0, step);
    }

    private Outcome outcome(List<ShardBatch> all, List<FeatureLists> lists, int deadCount) {
        double squared = 0;
        double auxiliary = 0;
        long active = 0;
        for (int s = 0; s < all.size(); s++) {
            squared += all.get(s).squaredError();
            auxiliary += all.get(s).auxiliaryLoss();
            active += lists.get(s).tokens().length;
        }
        long rows = (long) all.size() * shape.shardRows();
        return new Outcome(
                rows,
                squared / rows,
                (double) active / rows,
                auxiliary / all.size(),
                (double) deadCount / weights.features());
    }

    @Override
    public void close() {
        tokens.close();
    }

    /**
     * What training changes.
     *
     * @param weights this worker's replica
     * @param state optimiser state of this worker's features
     * @param b_decState optimiser state of the decoder bias, the same on every worker
     * @param dead counters of silent latents, the same on every worker
     */
    public record Model(TrainingWeights weights, OptimiserState state, float[][] b_decState, DeadLatents dead) {}

    /**
     * Figures of one step, before its update.
     *
     * @param rows tokens in the minibatch
     * @param squaredError mean squared error per token, scaled space
     * @param l0 mean number of active latents
     * @param auxiliaryLoss mean normalised auxiliary loss, 0 while none is dead
     * @param deadFraction share of dead latents
     */
    public record Outcome(long rows, double squaredError, double l0, double auxiliaryLoss, double deadFraction) {}
}
