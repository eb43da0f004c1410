package org.demur.training;

import java.util.List;
import java.util.function.Supplier;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.rows.ShardRange;
import org.demur.sae.train.RowOptimiser;
import org.demur.sae.train.ShardBatch;
import org.demur.sae.train.TrainingStep;

/**
 * Stops a training whose numbers have left the finite, naming layer, step and shard.
 *
 * @param layer being trained
 * @param own shards of this worker
 */
record Divergence(int layer, ShardRange own) {
    /** Takes a step; fails if the loss of any shard is not finite. */
    List<TrainingStep.Outcome> watch(
            RowOptimiser.Step point, List<ShardBatch> mine, Supplier<List<TrainingStep.Outcome>> step) {
        List<TrainingStep.Outcome> known;
        try {
            known = step.get();
        } catch (ArithmeticException e) {
            throw failure(point, mine, e);
        }
        ArithmeticException cause = new ArithmeticException("The loss is not finite");
        if (!mine.stream().allMatch(Divergence::isFinite)) {
            throw failure(point, mine, cause);
        }
        if (!known.stream().allMatch(outcome -> Double.isFinite(outcome.squaredError()))) {
            // The worker whose shard it was says so.
            throw new WorkerLostException(cause);
        }
        return known;
    }

    private static boolean isFinite(ShardBatch batch) {
        return Double.isFinite(batch.loss().squaredError());
    }

    private JobException failure(RowOptimiser.Step point, List<ShardBatch> mine, ArithmeticException cause) {
        for (int i = 0; i < mine.size(); i++) {
            if (!mine.get(i).holdsFiniteRows()) {
                return new JobException(
                        ExitCode.BAD_DATA,
                        "Layer " + layer + ", step " + point.number() + ", shard " + (own.first() + i)
                                + ": a row of activations holds NaN or an infinity",
                        "the model overflowed when the activations were extracted",
                        "extract again in another dtype, or leave the layer out",
                        cause);
            }
        }
        return new JobException(
                ExitCode.FAILED,
                "Training of layer " + layer + " diverged at step " + point.number() + " in " + shards(mine),
                "the learning rate " + point.learningRate() + " is too high for these activations",
                "lower train.learning-rate, or use another optimiser",
                cause);
    }

    private String shards(List<ShardBatch> mine) {
        for (int i = 0; i < mine.size(); i++) {
            if (!isFinite(mine.get(i))) {
                return "shard " + (own.first() + i);
            }
        }
        return own.size() == 1 ? "shard " + own.first() : "one of the shards " + own.first() + " to " + (own.end() - 1);
    }
}
