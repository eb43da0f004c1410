package org.demur.training;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.demur.model.NamedTensor;
import org.demur.rows.ShardRange;
import org.demur.sae.train.Beginnings;
import org.demur.sae.train.Collective;
import org.demur.sae.train.LossScale;
import org.demur.sae.train.OptimiserState;
import org.demur.sae.train.OuterState;
import org.demur.sae.train.OuterStep;
import org.demur.sae.train.RowOptimiser;
import org.demur.sae.train.ShardBatch;
import org.demur.sae.train.TrainingStep;
import org.demur.sae.train.TrainingWeights;

/**
 * Rounds of local steps: every shard has a replica with an optimiser of its own, which trains on the shard's part of every
 * minibatch, and after each round an {@link OuterStep} makes the replicas one. A worker has a replica for each of its shards,
 * so the result depends on the shards and on nothing else.
 *
 * <p>A replica counts the silent tokens of its own rows only; a latent is therefore dead after the window divided by the
 * number of shards.
 */
final class RoundsCourse implements Course {
    private static final String BIAS_VELOCITY = "b_dec.velocity";

    private final Problem problem;
    private final Team team;
    private final int roundSteps;
    private final List<Replica> replicas = new ArrayList<>();
    private final OuterState outerState;
    private final OuterStep outer;
    private long total_ns;

    private record Replica(
            int shard, TrainingStep.Model model, TrainingStep step, List<TrainingStep.Outcome> figures) {}

    /** A course at its start; squared errors are divided by the variance of the rows if wanted. */
    RoundsCourse(Problem problem, Team team, ModeSettings mode, boolean inUnitsOfVariance) {
        this.problem = problem;
        this.team = team;
        this.roundSteps = mode.roundSteps();
        Collective workers = team.workers();
        int shards = problem.plan().shards();
        LossScale loss = problem.loss(inUnitsOfVariance, 1);
        ShardRange own = ShardRange.of(shards, workers.rank(), workers.size());
        for (int shard = own.first(); shard < own.end(); shard++) {
            TrainingStep.Model model = model();
            TrainingStep step = new TrainingStep(model, loss, Collective.alone(), team.crew());
            replicas.add(new Replica(shard, model, step, new ArrayList<>()));
        }
        this.outerState = new OuterState(mode.outer(), problem.shape(), workers.rank(), workers.size());
        this.outer = new OuterStep(replicas.stream().map(Replica::model).toList(), outerState, shards, workers);
        outer.begin();
    }

    private TrainingStep.Model model() {
        TrainingWeights weights = new TrainingWeights(problem.shape(), team.products());
        Beginnings.fill(weights, problem.recipe(), problem.sample(), problem.seed(), team.crew());
        long window = problem.recipe()
                .deadAfter((long) problem.plan().steps() * problem.plan().batchRows());
        return TrainingStep.Model.begin(
                problem.recipe().objective(),
                weights,
                new TrainingStep.Start(
                        problem.recipe().optimiser(),
                        Math.max(1, window / problem.plan().shards()),
                        0,
                        1));
    }

    private TrainingStep.Model first() {
        return replicas.get(0).model();
    }

    @Override
    public ShardBatch.Layout layout() {
        return ShardBatch.Layout.of(first().weights(), first().objective());
    }

    @Override
    public List<TrainingStep.Outcome> step(List<ShardBatch> mine, RowOptimiser.Step point) {
        long start = System.nanoTime();
        for (int i = 0; i < mine.size(); i++) {
            Replica replica = replicas.get(i);
            replica.figures().add(replica.step().run(List.of(mine.get(i)), point));
        }
        boolean ends = point.number() % roundSteps == 0
                || point.number() == problem.plan().steps();
        List<TrainingStep.Outcome> figures = ends ? endRound() : List.of();
        total_ns += System.nanoTime() - start;
        return figures;
    }

    private List<TrainingStep.Outcome> endRound() {
        outer.run();
        RoundFigures mine = new RoundFigures(
                replicas.stream().map(own -> List.copyOf(own.figures())).toList());
        replicas.forEach(own -> own.figures().clear());
        return RoundFigures.overShards(team.workers().allGather(mine, (rank, source) -> RoundFigures.read(source)));
    }

    @Override
    public void save(Path folder) {
        // Weights are the same everywhere, so every worker writes the part whose outer state is its own.
        int from = outerState.firstFeature();
        int to = outerState.endFeature();
        List<NamedTensor> tensors = new ArrayList<>(CheckpointFile.weights(first().weights(), from, to));
        tensors.addAll(CheckpointFile.tensors(velocities()));
        float[] bias = outerState.b_decVelocity();
        tensors.add(CheckpointFile.tensor(BIAS_VELOCITY, bias, 0, bias.length));
        CheckpointFile.features(folder, from, to).write(tensors);
        for (Replica replica : replicas) {
            CheckpointFile.shard(folder, replica.shard()).write(CheckpointFile.tensors(states(replica)));
        }
    }

    private CheckpointFile.Blocks velocities() {
        return new CheckpointFile.Blocks("velocity", outerState.firstBlock(), outerState.blockCount(), block ->
                new float[][] {outerState.velocity(block)});
    }

    /** The replica's states of all features, and as one block more those of the decoder's bias. */
    private static CheckpointFile.Blocks states(Replica replica) {
        OptimiserState state = replica.model().state();
        int end = state.blockCount();
        return new CheckpointFile.Blocks(
                "state", 0, end + 1, block -> block == end ? replica.model().b_decState() : state.block(block));
    }

    @Override
    public Checkpoint.Shared shared() {
        return new Checkpoint.Shared(
                first().dead().silentTokens_F(), first().weights().b_dec(), new float[0][]);
    }

    @Override
    public void restore(Checkpoint.Summary summary, Path folder) {
        for (CheckpointFile file : CheckpointFile.allFeatures(folder, summary)) {
            replicas.forEach(replica -> file.readWeights(replica.model().weights()));
            file.readBlocks(velocities());
            file.read(BIAS_VELOCITY, outerState.b_decVelocity());
        }
        for (Replica replica : replicas) {
            CheckpointFile.shard(folder, replica.shard()).readBlocks(states(replica));
            summary.shared().copyTo(replica.model());
            TrainingWeights weights = replica.model().weights();
            weights.mirror(0, weights.features());
        }
        outer.begin();
    }

    @Override
    public TrainingWeights finish() {
        Replica first = replicas.remove(0);
        first.step().finish();
        first.step().close();
        return first.model().weights();
    }

    @Override
    public StepTimes times() {
        return new StepTimes(total_ns / 1e9, outer.communication_s());
    }

    @Override
    public void close() {
        for (Replica replica : replicas) {
            replica.step().close();
            replica.model().weights().close();
        }
    }
}
