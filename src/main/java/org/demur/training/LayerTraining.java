package org.demur.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.edit.HookPoint;
import org.demur.rows.MinibatchPlan;
import org.demur.rows.RowRequest;
import org.demur.rows.ShardRange;
import org.demur.sae.MatrixProduct;
import org.demur.sae.Sae;
import org.demur.sae.WorkCrew;
import org.demur.sae.train.Beginnings;
import org.demur.sae.train.Collective;
import org.demur.sae.train.LossScale;
import org.demur.sae.train.Recipe;
import org.demur.sae.train.RowOptimiser;
import org.demur.sae.train.SaeShape;
import org.demur.sae.train.SampleFacts;
import org.demur.sae.train.Schedule;
import org.demur.sae.train.ShardBatch;
import org.demur.sae.train.TrainedSae;
import org.demur.sae.train.TrainingStep;
import org.demur.sae.train.TrainingWeights;

/**
 * One worker's part in training the dictionary of a layer. Every worker derives the plan, the scaling and the start from the
 * same rows, so nothing but the step's packets has to be sent.
 */
final class LayerTraining {
    private final LayerJob job;
    private final Collective workers;
    private final WorkCrew crew;
    private final LongConsumer progress;
    private final BatchRows rows;
    private final MinibatchPlan plan;
    private final Recipe recipe;
    private final SampleFacts sample;
    private final List<CurvePoint> curve = new ArrayList<>();

    private LayerTraining(LayerJob job, Collective workers, WorkCrew crew, BatchRows rows, LongConsumer progress) {
        this.job = job;
        this.workers = workers;
        this.crew = crew;
        this.rows = rows;
        this.progress = progress;
        TrainSettings.Batches batches = job.settings().batches();
        this.plan = new MinibatchPlan(rows.inputs().facts().rows(), batches.shards(), batches.rows(), batches.epochs());
        int width = job.input().width();
        this.recipe = job.settings().recipe().recipe(width);
        this.sample = rows.sample(recipe.beginning().scaling());
    }

    /**
     * Trains the layer; the worker of rank 0 writes the dictionary.
     *
     * @param progress is told the rows of every step by the worker of rank 0
     */
    static LayerResult run(
            LayerJob job, Collective workers, WorkCrew crew, MatrixProduct.Factory products, LongConsumer progress) {
        try (BatchRows rows = BatchRows.open(request(job, workers), outputs(job))) {
            LayerTraining training = new LayerTraining(job, workers, crew, rows, progress);
            SaeShape shape = SaeShape.of(
                    training.recipe.features(),
                    job.input().width(),
                    training.recipe.objective().architecture());
            try (TrainingWeights weights = new TrainingWeights(shape, products)) {
                training.train(weights, products);
            }
            return training.result();
        }
    }

    private static List<HookPoint> outputs(LayerJob job) {
        return job.settings().recipe().points().outputsOf(job.input().point().layer());
    }

    private static RowRequest request(LayerJob job, Collective workers) {
        TrainSettings.Batches batches = job.settings().batches();
        return new RowRequest(
                job.input(),
                new RowRequest.Batches(batches.rows(), batches.shards(), batches.epochs()),
                job.seed(),
                ShardRange.of(batches.shards(), workers.rank(), workers.size()),
                job.settings().storage());
    }

    private void train(TrainingWeights weights, MatrixProduct.Factory products) {
        Beginnings.fill(weights, recipe, sample, job.seed(), crew);
        TrainingStep.Model model = TrainingStep.Model.begin(
                recipe.objective(),
                weights,
                new TrainingStep.Start(
                        recipe.optimisation().rule().optimiser(),
                        recipe.deadAfter((long) plan.steps() * plan.batchRows()),
                        workers.rank(),
                        workers.size()));
        double unit = job.settings().recipe().conventions().inUnitsOfVariance() ? sample.variance() : 1;
        LossScale loss = new LossScale(sample.inputScale(), plan.batchRows(), unit, plan.shards());
        try (TrainingStep step = new TrainingStep(model, loss, workers, crew)) {
            steps(step, model);
            step.finish();
        }
        if (workers.rank() == 0) {
            publish(weights, products);
        }
        workers.await();
    }

    private void steps(TrainingStep step, TrainingStep.Model model) {
        Checkpoint checkpoint = new Checkpoint(Path.of(job.checkpoints()), job.digest());
        int done = restore(checkpoint, model);
        progress.accept((long) done * plan.batchRows());
        Schedule schedule = recipe.schedule(plan.steps());
        List<ShardBatch> batches = new ArrayList<>();
        int own = ShardRange.of(plan.shards(), workers.rank(), workers.size()).size();
        for (int shard = 0; shard < own; shard++) {
            batches.add(new ShardBatch(plan.shardBatchRows(), layout(model)));
        }
        for (int number = done + 1; number <= plan.steps(); number++) {
            rows.load(number - 1, batches);
            RowOptimiser.Step point = schedule.at(number);
            log(number, point, step.run(batches, point));
            if (number % job.settings().intervals().checkpointSteps() == 0 || number == plan.steps()) {
                save(checkpoint, number, model);
            }
            progress.accept(plan.batchRows());
        }
    }

    private ShardBatch.Layout layout(TrainingStep.Model model) {
        ShardBatch.Stored stored =
                switch (job.settings().storage().dtype()) {
                    case BF16 -> ShardBatch.Stored.BF16;
                    case F32 -> ShardBatch.Stored.FP32;
                };
        return ShardBatch.Layout.of(model.weights(), model.objective())
                .holding(stored)
                .reconstructing(rows.target());
    }

    private int restore(Checkpoint checkpoint, TrainingStep.Model model) {
        if (workers.rank() == 0) {
            checkpoint.discardUnfinished();
        }
        workers.await();
        Optional<Checkpoint.Summary> latest = checkpoint.latest();
        latest.ifPresent(summary -> {
            checkpoint.restore(summary, model);
            curve.addAll(summary.curve());
        });
        workers.await();
        return latest.map(Checkpoint.Summary::step).orElse(0);
    }

    private void save(Checkpoint checkpoint, int number, TrainingStep.Model model) {
        checkpoint.writeSlice(number, model);
        workers.await();
        if (workers.rank() == 0) {
            checkpoint.seal(number, model, curve);
        }
    }

    private void log(int number, RowOptimiser.Step point, TrainingStep.Outcome outcome) {
        if (!Double.isFinite(outcome.squaredError())) {
            throw new JobException(
                    ExitCode.FAILED,
                    "Training of layer " + job.input().point().layer() + " diverged at step " + number,
                    "the learning rate " + point.learningRate() + " is too high for these activations",
                    "lower train.learning-rate, or use another optimiser");
        }
        int interval = job.settings().intervals().logSteps();
        if (number == 1 || number % interval == 0 || number == plan.steps()) {
            TrainingStep.Losses losses = outcome.losses();
            curve.add(new CurvePoint(
                    number,
                    plan.epoch(number - 1),
                    (long) number * plan.batchRows(),
                    point.learningRate(),
                    losses.total(recipe.objective()),
                    outcome.squaredError() / sample.variance(),
                    outcome.l0(),
                    losses.auxiliary(),
                    outcome.deadFraction()));
        }
    }

    private void publish(TrainingWeights weights, MatrixProduct.Factory products) {
        Map<String, String> provenance = new TreeMap<>(job.provenance());
        provenance.put("training_rows", Integer.toString(rows.inputs().facts().rows()));
        provenance.put("training_steps", Integer.toString(plan.steps()));
        provenance.put("input_scale", Float.toString(sample.inputScale()));
        provenance.put("learning_rate", Double.toString(recipe.peakRate()));
        provenance.put("dead_after_rows", Long.toString(recipe.deadAfter((long) plan.steps() * plan.batchRows())));
        provenance.put("objective", recipe.objective().toString());
        Sae sae =
                new TrainedSae(weights, recipe.objective()).publish(job.input().point(), sample, crew);
        boolean isHeldOut = rows.inputs().facts().leftOut().heldOut() > 0;
        for (HookPoint output : outputs(job)) {
            provenance.put("output_hook", output.site().sqlName());
            if (isHeldOut) {
                provenance.putAll(HeldOutMeasure.of(sae, request(job, workers), output, products));
            }
        }
        try {
            sae.write(Files.createDirectories(Path.of(job.target())), provenance);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Cannot write the dictionary of layer "
                            + job.input().point().layer(),
                    e);
        }
    }

    private LayerResult result() {
        return new LayerResult(
                job.input().point().layer(),
                List.copyOf(curve),
                new LayerResult.Counts(
                        rows.inputs().facts(), plan.unusedRows(), rows.inputs().mixing(), rows.wait_s()));
    }
}
