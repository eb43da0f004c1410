package org.demur.training;

import java.nio.file.Path;
import java.util.List;
import org.demur.rows.MinibatchPlan;
import org.demur.sae.MatrixProduct;
import org.demur.sae.WorkCrew;
import org.demur.sae.train.Collective;
import org.demur.sae.train.LossScale;
import org.demur.sae.train.Recipe;
import org.demur.sae.train.RowOptimiser;
import org.demur.sae.train.SaeShape;
import org.demur.sae.train.SampleFacts;
import org.demur.sae.train.ShardBatch;
import org.demur.sae.train.TrainingStep;
import org.demur.sae.train.TrainingWeights;

/** One worker's part in the steps that train a dictionary, from its start to the weights to publish. */
sealed interface Course extends AutoCloseable permits SynchronousCourse, RoundsCourse {
    /**
     * What is trained.
     *
     * @param recipe of the dictionary
     * @param shape of the dictionary
     * @param sample of its rows
     * @param seed of its start
     * @param plan of its minibatches
     */
    record Problem(Recipe recipe, SaeShape shape, SampleFacts sample, long seed, MinibatchPlan plan) {
        /** Constants of the loss of a minibatch that is made of {@code shards} shards. */
        LossScale loss(boolean inUnitsOfVariance, int shards) {
            double unit = inUnitsOfVariance ? sample.variance() : 1;
            return new LossScale(sample.inputScale(), plan.shardBatchRows() * shards, unit, shards);
        }
    }

    /** Who trains it: all workers, the threads of this one, and its kind of matrix products. */
    record Team(Collective workers, WorkCrew crew, MatrixProduct.Factory products) {}

    /** How the batches of this worker's shards are laid out. */
    ShardBatch.Layout layout();

    /**
     * Takes a step on the loaded shards of this worker.
     *
     * @return the figures of the steps up to this one that are known on all workers since the last call, in order; the last of
     *     them is this step's, or there are none yet
     */
    List<TrainingStep.Outcome> step(List<ShardBatch> mine, RowOptimiser.Step point);

    /** Writes this worker's part of a checkpoint into a folder; to be called when {@link #step} has given figures. */
    void save(Path folder);

    /** What rank 0 adds to the checkpoint. */
    Checkpoint.Shared shared();

    /** Takes over a checkpoint. */
    void restore(Checkpoint.Summary summary, Path folder);

    /** The weights to publish, the caller's to close; nothing else may be called afterwards but {@link #close}. */
    TrainingWeights finish();

    /** Time spent so far. */
    StepTimes times();

    @Override
    void close();
}
