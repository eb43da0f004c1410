package org.demur.training;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.demur.model.NamedTensor;
import org.demur.sae.train.Beginnings;
import org.demur.sae.train.OptimiserState;
import org.demur.sae.train.RowOptimiser;
import org.demur.sae.train.ShardBatch;
import org.demur.sae.train.TrainingStep;
import org.demur.sae.train.TrainingWeights;

/** Steps of which each sums the gradient over all shards. */
final class SynchronousCourse implements Course {
    private final TrainingWeights weights;
    private final TrainingStep.Model model;
    private final TrainingStep step;
    private boolean finished;

    /** A course at its start; squared errors are divided by the variance of the rows if wanted. */
    SynchronousCourse(Problem problem, Team team, boolean inUnitsOfVariance) {
        this.weights = new TrainingWeights(problem.shape(), team.products());
        Beginnings.fill(weights, problem.recipe(), problem.sample(), problem.seed(), team.crew());
        this.model = TrainingStep.Model.begin(
                problem.recipe().objective(),
                weights,
                new TrainingStep.Start(
                        problem.recipe().optimiser(),
                        problem.recipe()
                                .deadAfter((long) problem.plan().steps()
                                        * problem.plan().batchRows()),
                        team.workers().rank(),
                        team.workers().size()));
        this.step = new TrainingStep(
                model,
                problem.loss(inUnitsOfVariance, problem.plan().shards()),
                problem.recipe().resampling(problem.seed()),
                team.workers(),
                team.crew());
    }

    @Override
    public ShardBatch.Layout layout() {
        return ShardBatch.Layout.of(weights, model.objective());
    }

    @Override
    public List<TrainingStep.Outcome> step(List<ShardBatch> mine, RowOptimiser.Step point) {
        return List.of(step.run(mine, point));
    }

    @Override
    public void save(Path folder) {
        OptimiserState state = model.state();
        List<NamedTensor> tensors =
                new ArrayList<>(CheckpointFile.weights(weights, state.firstFeature(), state.endFeature()));
        tensors.addAll(CheckpointFile.tensors(blocks(state)));
        CheckpointFile.features(folder, state.firstFeature(), state.endFeature())
                .write(tensors);
    }

    private static CheckpointFile.Blocks blocks(OptimiserState state) {
        return new CheckpointFile.Blocks("state", state.firstBlock(), state.blockCount(), state::block);
    }

    @Override
    public Checkpoint.Shared shared() {
        return new Checkpoint.Shared(model.dead().silentTokens_F(), weights.b_dec(), model.b_decState());
    }

    @Override
    public void restore(Checkpoint.Summary summary, Path folder) {
        for (CheckpointFile file : CheckpointFile.allFeatures(folder, summary)) {
            file.readWeights(weights);
            file.readBlocks(blocks(model.state()));
        }
        summary.shared().copyTo(model);
        weights.mirror(0, weights.features());
    }

    @Override
    public TrainingWeights finish() {
        step.finish();
        finished = true;
        return weights;
    }

    @Override
    public StepTimes times() {
        return new StepTimes(step.total_s(), step.communication_s());
    }

    @Override
    public void close() {
        step.close();
        if (!finished) {
            weights.close();
        }
    }
}
