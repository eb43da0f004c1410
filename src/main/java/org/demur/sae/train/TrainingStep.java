package org.demur.sae.train;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
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
    private final Model model;
    private final Resampling resampling;
    private final TrainingWeights weights;
    private final Objective objective;
    private final LossScale loss;
    private final OptimiserState state;
    private final float[][] b_decState;
    private final DeadLatents dead;
    private final Collective workers;
    private final WorkCrew crew;
    private final TokenPass tokens;
    private final FeaturePass features;
    private final List<OrthogonalPass> orthogonal;
    private final List<List<ShardBatch>> received = new ArrayList<>();
    private long communication_ns;
    private long total_ns;

    /** A step that leaves dead latents to the auxiliary loss. */
    public TrainingStep(Model model, LossScale loss, Collective workers, WorkCrew crew) {
        this(model, loss, Resampling.none(), workers, crew);
    }

    /** A step on the given parts. */
    public TrainingStep(Model model, LossScale loss, Resampling resampling, Collective workers, WorkCrew crew) {
        this.model = model;
        this.resampling = resampling;
        this.weights = model.weights();
        this.objective = model.objective();
        this.loss = loss;
        this.state = model.state();
        this.b_decState = model.b_decState();
        this.dead = model.dead();
        this.workers = workers;
        this.crew = crew;
        this.tokens = new TokenPass(weights, objective, loss, crew);
        this.features = new FeaturePass(weights, objective, state, crew);
        this.orthogonal = state.optimiser() instanceof MuonOptimiser
                ? List.of(new OrthogonalPass(model, workers, crew))
                : List.of();
        for (int rank = 0; rank < workers.size(); rank++) {
            received.add(new ArrayList<>());
        }
    }

    /** Trains on the shards of this worker, whose activations are loaded, at a point of the schedule. */
    public Outcome run(List<ShardBatch> mine, RowOptimiser.Step step) {
        long start = System.nanoTime();
        Outcome outcome = train(mine, step);
        total_ns += System.nanoTime() - start;
        return outcome;
    }

    private Outcome train(List<ShardBatch> mine, RowOptimiser.Step step) {
        StepFacts facts = facts(step);
        tokens.run(mine, facts);
        List<ShardBatch> all = gather(mine);
        FeaturePass.Entries entries = entries(all);
        float[] biasGradient = biasGradient(all);
        float livingNorm = resampling.isDue(step.number()) ? Resampling.livingNorm(weights, facts.dead()) : 0;
        float factor = objective.clip() > 0 ? clip(entries, biasGradient.clone()) : 1;
        float[] partial = features.update(entries, step, factor);
        // Past the next exchange other workers may already overwrite their batches, so everything is taken from them
        // here.
        Outcome outcome = outcome(all, facts.dead().length);
        List<FeatureLists> main =
                entries.lists().stream().map(lists -> lists.get(0)).toList();
        dead.observe(main, outcome.rows());
        if (resampling.isDue(step.number())) {
            revive(all, step.number(), livingNorm);
        }
        orthogonal.forEach(pass -> pass.run(step));
        for (FeaturePacket packet : exchange(partial)) {
            addBlocks(biasGradient, packet.partial());
        }
        RowKernels.scale(biasGradient, 0, factor, biasGradient.length);
        state.optimiser()
                .ofVectors()
                .update(
                        new RowOptimiser.Row(weights.b_dec(), 0, b_decState, 0, biasGradient.length),
                        biasGradient,
                        0,
                        step.ofDecoderBias());
        return outcome;
    }

    private void revive(List<ShardBatch> all, int step, float livingNorm) {
        int[] gone = dead.dead();
        List<Resampling.Drawn> drawn = resampling.draw(all, step, gone.length);
        for (int i = 0; i < drawn.size(); i++) {
            if (gone[i] >= state.firstFeature() && gone[i] < state.endFeature()) {
                Resampling.revive(model, gone[i], drawn.get(i), livingNorm);
            }
            dead.revive(gone[i]);
        }
    }

    private StepFacts facts(RowOptimiser.Step step) {
        int[] now = dead.dead();
        boolean[] marks = new boolean[now.length == 0 ? 0 : weights.features()];
        for (int j : now) {
            marks[j] = true;
        }
        float[] norms = objective.architecture().usesNorms() ? weights.decoderNorms() : new float[0];
        return new StepFacts(now, marks, norms, step.sparsity(), 0);
    }

    /** Turns the weights of training into those to publish, on every worker. */
    public void finish() {
        // Within a JVM the others may still be copying from this replica, here and below.
        workers.await();
        state.finish(weights, objective);
        exchange(new float[0]);
        state.optimiser().finish(new RowOptimiser.Row(weights.b_dec(), 0, b_decState, 0, weights.b_dec().length));
        weights.mirror(0, weights.features());
        workers.await();
    }

    /** Time this worker spent exchanging packets, waiting for others included. */
    public double communication_s() {
        return communication_ns / 1e9;
    }

    /** Time this worker spent in steps, exchanges included. */
    public double total_s() {
        return total_ns / 1e9;
    }

    private <T> T timed(Supplier<T> exchange) {
        long start = System.nanoTime();
        T result = exchange.get();
        communication_ns += System.nanoTime() - start;
        return result;
    }

    private List<FeaturePacket> exchange(float[] partial) {
        List<FeaturePacket> packets = timed(() -> workers.allGather(
                new FeaturePacket(weights, state.firstFeature(), state.endFeature(), partial),
                (rank, source) -> FeaturePacket.read(source, weights, rank, workers.size())));
        for (int rank = 0; rank < packets.size(); rank++) {
            if (rank != workers.rank()) {
                packets.get(rank).copyTo(weights);
            }
        }
        return packets;
    }

    private List<ShardBatch> gather(List<ShardBatch> mine) {
        var frame = new TokenPacket.ShardFrame(
                mine.get(0).rows(), mine.get(0).layout(), loss.inputScale(), weights.b_dec());
        List<TokenPacket> packets = timed(() -> workers.allGather(
                new TokenPacket(mine), (rank, source) -> TokenPacket.read(source, frame, received.get(rank))));
        List<ShardBatch> all = new ArrayList<>();
        packets.forEach(packet -> all.addAll(packet.batches()));
        return all;
    }

    private FeaturePass.Entries entries(List<ShardBatch> all) {
        List<FeatureLists>[] lists = lists(all.size());
        crew.run(all.size(), (shard, slot) -> {
            ShardBatch batch = all.get(shard);
            List<FeatureLists> own = new ArrayList<>();
            own.add(FeatureLists.of(batch, CodeSets::main, weights.features()));
            if (objective.architecture().hasSecond() || batch.auxiliarySlopes_PBO().length > 0) {
                own.add(FeatureLists.of(batch, CodeSets::second, weights.features()));
                own.add(FeatureLists.of(batch, CodeSets::auxiliary, weights.features()));
            }
            lists[shard] = own;
        });
        return new FeaturePass.Entries(all, List.of(lists));
    }

    @SuppressWarnings("unchecked") // Arrays of generic types cannot be made otherwise.
    private static List<FeatureLists>[] lists(int count) {
        return new List[count];
    }

    private float[] biasGradient(List<ShardBatch> all) {
        float[] gradient = new float[weights.b_dec().length];
        all.forEach(batch -> RowKernels.addScaled(gradient, 0, 1, batch.biasSlope_O(), 0, gradient.length));
        return gradient;
    }

    private static void addBlocks(float[] gradient, float[] partial) {
        for (int at = 0; at < partial.length; at += gradient.length) {
            RowKernels.addScaled(gradient, 0, 1, partial, at, gradient.length);
        }
    }

    /** The factor that brings the norm of the whole gradient down to the limit. */
    private float clip(FeaturePass.Entries entries, float[] biasGradient) {
        NormPacket mine = new NormPacket(features.norms(entries));
        List<NormPacket> packets = timed(() -> workers.allGather(mine, (rank, source) -> NormPacket.read(source)));
        double square = 0;
        for (NormPacket packet : packets) {
            addBlocks(biasGradient, packet.norms().partial());
            for (double block : packet.norms().squares()) {
                square += block;
            }
        }
        for (float g : biasGradient) {
            square += (double) g * g;
        }
        // The small term is that of torch.nn.utils.clip_grad_norm_.
        return (float) Math.min(1, objective.clip() / (Math.sqrt(square) + 1e-6));
    }

    private Outcome outcome(List<ShardBatch> all, int deadCount) {
        double squared = 0;
        double reconstruction = 0;
        double second = 0;
        double sparsity = 0;
        double auxiliary = 0;
        double smallest = 0;
        long active = 0;
        long rows = 0;
        for (ShardBatch batch : all) {
            ShardLoss found = batch.loss();
            squared += found.squaredError();
            reconstruction += found.reconstruction();
            second += found.second();
            sparsity += found.sparsity();
            auxiliary += found.auxiliary();
            smallest += found.smallest() / all.size();
            active += found.active();
            rows += batch.rows();
        }
        return new Outcome(
                rows,
                squared / rows,
                (double) active / rows,
                new Losses(reconstruction, second, sparsity, auxiliary),
                smallest,
                (double) deadCount / weights.features());
    }

    @Override
    public void close() {
        tokens.close();
        orthogonal.forEach(OrthogonalPass::close);
    }

    /**
     * What training changes.
     *
     * @param objective what is trained
     * @param weights this worker's replica
     * @param state optimiser state of this worker's features
     * @param b_decState optimiser state of the decoder bias, the same on every worker
     * @param dead counters of silent latents, the same on every worker
     */
    public record Model(
            Objective objective,
            TrainingWeights weights,
            OptimiserState state,
            float[][] b_decState,
            DeadLatents dead) {
        /** A model whose optimiser starts anew, as worker {@code worker} of {@code workers}. */
        public static Model begin(Objective objective, TrainingWeights weights, Start start) {
            OptimiserState state =
                    new OptimiserState(start.optimiser(), weights.shape(), start.worker(), start.workers());
            state.begin(weights);
            float[][] b_decState = new float[start.optimiser().states()][weights.b_dec().length];
            start.optimiser().begin(new RowOptimiser.Row(weights.b_dec(), 0, b_decState, 0, weights.b_dec().length));
            DeadLatents dead = new DeadLatents(weights.features(), start.deadAfterTokens());
            return new Model(objective, weights, state, b_decState, dead);
        }
    }

    /**
     * How a model starts.
     *
     * @param optimiser rule of updates
     * @param deadAfterTokens silent tokens after which a latent is dead
     * @param worker number of this worker
     * @param workers number of workers
     */
    public record Start(RowOptimiser optimiser, long deadAfterTokens, int worker, int workers) {}

    /**
     * Terms of the loss.
     *
     * @param reconstruction squared error, over prefixes as weighed
     * @param second that of the second reconstruction
     * @param sparsity penalty on activity
     * @param auxiliary loss of dead latents before its weight
     */
    public record Losses(double reconstruction, double second, double sparsity, double auxiliary)
            implements Serializable {
        /** The loss that is minimised. */
        public double total(Objective objective) {
            return reconstruction + second + sparsity + objective.auxiliary().weight() * auxiliary;
        }
    }

    /**
     * Figures of one step, before its update.
     *
     * @param rows tokens in the minibatch
     * @param squaredError mean squared error per token, scaled space
     * @param l0 mean number of active latents
     * @param losses terms of the loss
     * @param smallest mean over shards of the smallest value that a selection over a shard kept
     * @param deadFraction share of dead latents
     */
    public record Outcome(
            long rows, double squaredError, double l0, Losses losses, double smallest, double deadFraction) {}
}
