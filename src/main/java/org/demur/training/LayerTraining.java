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
import org.demur.rows.MinibatchPlan;
import org.demur.rows.RowRequest;
import org.demur.rows.ShardRange;
import org.demur.rows.TrainingRows;
import org.demur.sae.MatrixProduct;
import org.demur.sae.SaeFacts;
import org.demur.sae.WorkCrew;
import org.demur.sae.train.Auxiliary;
import org.demur.sae.train.Collective;
import org.demur.sae.train.GeometricMedian;
import org.demur.sae.train.LossScale;
import org.demur.sae.train.Objective;
import org.demur.sae.train.RowOptimiser;
import org.demur.sae.train.SaeShape;
import org.demur.sae.train.ShardBatch;
import org.demur.sae.train.ThresholdCalibration;
import org.demur.sae.train.TopK;
import org.demur.sae.train.TrainedSae;
import org.demur.sae.train.TrainingStep;
import org.demur.sae.train.TrainingWeights;

/**
 * One worker's part in training the dictionary of a layer. Every worker derives the plan, the scaling and the start from the
 * same rows, so nothing but the step's packets has to be sent.
 */
final class LayerTraining {
    private static final double LONGEST_DEAD_WINDOW = 1e7;

    private final LayerJob job;
    private final Collective workers;
    private final WorkCrew crew;
    private final LongConsumer progress;
    private final TrainingRows rows;
    private final MinibatchPlan plan;
    private final float inputScale;
    private final List<CurvePoint> curve = new ArrayList<>();

    private LayerTraining(LayerJob job, Collective workers, WorkCrew crew, TrainingRows rows, LongConsumer progress) {
        this.job = job;
        this.workers = workers;
        this.crew = crew;
        this.rows = rows;
        this.progress = progress;
        TrainSettings.Batches batches = job.settings().batches();
        this.plan = new MinibatchPlan(rows.facts().rows(), batches.shards(), batches.rows(), batches.epochs());
        this.inputScale = (float) (Math.sqrt(job.input().width()) / rows.facts().meanNorm());
    }

    /**
     * Trains the layer; the worker of rank 0 writes the dictionary.
     *
     * @param progress is told the rows of every step by the worker of rank 0
     */
    static LayerResult run(
            LayerJob job, Collective workers, WorkCrew crew, MatrixProduct.Factory products, LongConsumer progress) {
        try (TrainingRows rows = TrainingRows.open(request(job, workers), Scratch.folder())) {
            LayerTraining training = new LayerTraining(job, workers, crew, rows, progress);
            SaeShape shape = SaeShape.of(
                    job.settings().dictionary().features(),
                    job.input().width(),
                    objective(job).architecture());
            try (TrainingWeights weights = new TrainingWeights(shape, products)) {
                training.train(weights);
            }
            return training.result();
        }
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

    private void train(TrainingWeights weights) {
        float[] x_ND = rows.sample().scaled(inputScale);
        weights.initialise(job.seed(), GeometricMedian.of(x_ND, job.input().width()));
        double variance = variance(x_ND, job.input().width());
        TrainingStep.Model model = model(weights);
        try (TrainingStep step = new TrainingStep(
                model, new LossScale(inputScale, plan.batchRows(), variance, plan.shards()), workers, crew)) {
            steps(step, model, variance);
            step.finish();
        }
        if (workers.rank() == 0) {
            publish(weights, x_ND);
        }
        workers.await();
    }

    private TrainingStep.Model model(TrainingWeights weights) {
        double window = job.settings().dead().afterRows();
        if (window == TrainSettings.AUTO) {
            window = Math.min(LONGEST_DEAD_WINDOW, (double) plan.steps() * plan.batchRows() / 8);
        }
        RowOptimiser optimiser = job.settings().optimisation().rule().optimiser();
        var start = new TrainingStep.Start(optimiser, Math.max(1, Math.round(window)), workers.rank(), workers.size());
        return TrainingStep.Model.begin(objective(job), weights, start);
    }

    private static Objective objective(LayerJob job) {
        TrainSettings.Dead dead = job.settings().dead();
        double latents = dead.auxiliaryK() == TrainSettings.AUTO ? job.input().width() / 2.0 : dead.auxiliaryK();
        return new Objective(
                TopK.of(job.settings().dictionary().k()),
                new Auxiliary((int) latents, dead.auxiliaryWeight(), Auxiliary.Form.RESIDUAL_VARIANCE),
                Objective.InputBias.DECODER,
                Objective.DecoderNorm.ONE,
                0);
    }

    private void steps(TrainingStep step, TrainingStep.Model model, double variance) {
        Checkpoint checkpoint = new Checkpoint(Path.of(job.checkpoints()), job.digest());
        int done = restore(checkpoint, model);
        progress.accept((long) done * plan.batchRows());
        TrainSettings.Optimisation optimisation = job.settings().optimisation();
        double peak = optimisation.learningRate() == TrainSettings.AUTO
                ? optimisation.rule().learningRate(job.settings().dictionary().features())
                : optimisation.learningRate();
        Schedule schedule = new Schedule(optimisation, optimisation.rule().optimiser(), peak, plan.steps());
        List<ShardBatch> batches = new ArrayList<>();
        int own = ShardRange.of(plan.shards(), workers.rank(), workers.size()).size();
        for (int shard = 0; shard < own; shard++) {
            batches.add(
                    new ShardBatch(plan.shardBatchRows(), ShardBatch.Layout.of(model.weights(), model.objective())));
        }
        List<BatchSink> sinks = batches.stream().map(BatchSink::new).toList();
        for (int number = done + 1; number <= plan.steps(); number++) {
            rows.load(number - 1, sinks);
            RowOptimiser.Step point = schedule.at(number);
            log(number, point, step.run(batches, point), variance);
            if (number % job.settings().intervals().checkpointSteps() == 0 || number == plan.steps()) {
                save(checkpoint, number, model);
            }
            progress.accept(plan.batchRows());
        }
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

    private void log(int number, RowOptimiser.Step point, TrainingStep.Outcome outcome, double variance) {
        if (!Double.isFinite(outcome.squaredError())) {
            throw new JobException(
                    ExitCode.FAILED,
                    "Training of layer " + job.input().point().layer() + " diverged at step " + number,
                    "the learning rate " + point.learningRate() + " is too high for these activations",
                    "lower train.learning-rate, or use another optimiser");
        }
        int interval = job.settings().intervals().logSteps();
        if (number == 1 || number % interval == 0 || number == plan.steps()) {
            double fvu = outcome.squaredError() / variance;
            curve.add(new CurvePoint(
                    number,
                    plan.epoch(number - 1),
                    (long) number * plan.batchRows(),
                    point.learningRate(),
                    fvu
                            + job.settings().dead().auxiliaryWeight()
                                    * outcome.losses().auxiliary(),
                    fvu,
                    outcome.l0(),
                    outcome.losses().auxiliary(),
                    outcome.deadFraction()));
        }
    }

    private void publish(TrainingWeights weights, float[] x_ND) {
        int k = job.settings().dictionary().k();
        float threshold = new ThresholdCalibration(weights, Objective.InputBias.DECODER, crew).threshold(x_ND, k);
        SaeFacts facts = new SaeFacts(job.input().point(), k, threshold);
        Map<String, String> provenance = new TreeMap<>(job.provenance());
        provenance.put("training_rows", Integer.toString(rows.facts().rows()));
        provenance.put("training_steps", Integer.toString(plan.steps()));
        provenance.put("input_scale", Float.toString(inputScale));
        try {
            TrainedSae.fold(weights, inputScale, facts)
                    .write(Files.createDirectories(Path.of(job.target())), provenance);
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
                new LayerResult.Counts(rows.facts(), plan.unusedRows(), rows.mixing(), rows.wait_s()));
    }

    /** Mean squared distance from the mean. */
    private static double variance(float[] x_ND, int d) {
        double[] sum = new double[d];
        double square = 0;
        for (int i = 0; i < x_ND.length; i++) {
            sum[i % d] += x_ND[i];
            square += (double) x_ND[i] * x_ND[i];
        }
        double n = (double) x_ND.length / d;
        double ofMean = 0;
        for (double each : sum) {
            ofMean += each / n * (each / n);
        }
        return square / n - ofMean;
    }
}
