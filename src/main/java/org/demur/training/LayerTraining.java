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
import java.util.stream.IntStream;
import org.demur.rows.MinibatchPlan;
import org.demur.rows.RowRequest;
import org.demur.rows.ShardRange;
import org.demur.sae.MatrixProduct;
import org.demur.sae.Sae;
import org.demur.sae.WorkCrew;
import org.demur.sae.train.Collective;
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
 * One worker's part in training a dictionary. Every worker derives the plan, the scaling and the start from the same rows, so
 * nothing but the packets of its {@link Course} has to be sent.
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
    private List<StepTimes> times = List.of();

    private LayerTraining(LayerJob job, Collective workers, WorkCrew crew, BatchRows rows, LongConsumer progress) {
        this.job = job;
        this.workers = workers;
        this.crew = crew;
        this.rows = rows;
        this.progress = progress;
        TrainSettings.Batches batches = job.settings().batches();
        this.plan = new MinibatchPlan(rows.inputs().facts().rows(), batches.shards(), batches.rows(), batches.epochs());
        this.recipe = job.recipe();
        this.sample = rows.sample(recipe.beginning().scaling());
    }

    /**
     * Trains the dictionary; the worker of rank 0 writes it.
     *
     * @param progress is told the rows of every step by the worker of rank 0
     */
    static LayerResult run(
            LayerJob job, Collective workers, WorkCrew crew, MatrixProduct.Factory products, LongConsumer progress) {
        try (BatchRows rows = BatchRows.open(request(job, workers), job.rows().beside())) {
            LayerTraining training = new LayerTraining(job, workers, crew, rows, progress);
            training.dictionary(products).ifPresent(sae -> training.publish(sae, products));
            workers.await();
            return training.result();
        }
    }

    /** All rows that a worker asks for to train a dictionary. */
    static List<RowRequest> requests(LayerJob job, Collective workers) {
        return BatchRows.requests(request(job, workers), job.rows().beside());
    }

    private static RowRequest request(LayerJob job, Collective workers) {
        TrainSettings.Batches batches = job.settings().batches();
        return new RowRequest(
                job.input(),
                new RowRequest.Batches(batches.rows(), batches.shards(), batches.epochs()),
                job.seeds().order(),
                ShardRange.of(batches.shards(), workers.rank(), workers.size()),
                job.settings().storage());
    }

    private TrainingWeights train(MatrixProduct.Factory products) {
        SaeShape shape = SaeShape.crosscoder(
                recipe.features(),
                job.input().width(),
                job.rows().beside().models(),
                recipe.objective().architecture());
        Course.Problem problem =
                new Course.Problem(recipe, shape, sample, job.seeds().start(), plan);
        Course.Team team = new Course.Team(workers, crew, products);
        boolean units = job.settings().recipe().conventions().inUnitsOfVariance();
        try (Course course = job.mode() == TrainMode.ROUNDS
                ? new RoundsCourse(problem, team, job.settings().mode(), units)
                : new SynchronousCourse(problem, team, units)) {
            steps(course);
            times = workers.allGather(course.times(), (rank, source) -> StepTimes.read(source));
            return course.finish();
        }
    }

    private void steps(Course course) {
        Checkpoint checkpoint = new Checkpoint(Path.of(job.folders().checkpoints()), job.digest());
        int saved = restore(checkpoint, course);
        int logged = saved;
        progress.accept((long) saved * plan.batchRows());
        Schedule schedule = recipe.schedule(plan.steps());
        ShardRange own = ShardRange.of(plan.shards(), workers.rank(), workers.size());
        ShardBatch.Layout layout = course.layout().holding(stored()).reconstructing(rows.target());
        List<ShardBatch> batches = IntStream.range(0, own.size())
                .mapToObj(shard -> new ShardBatch(plan.shardBatchRows(), layout))
                .toList();
        Divergence divergence = new Divergence(job.input().point().layer(), own);
        int interval = job.settings().intervals().checkpointSteps();
        for (int number = saved + 1; number <= plan.steps(); number++) {
            rows.load(number - 1, batches);
            RowOptimiser.Step point = schedule.at(number);
            List<TrainingStep.Outcome> known = divergence.watch(point, batches, () -> course.step(batches, point));
            for (TrainingStep.Outcome outcome : known) {
                log(schedule.at(++logged), outcome);
            }
            boolean due = number / interval > saved / interval || number == plan.steps();
            if (due && !known.isEmpty()) {
                save(checkpoint, number, course);
                saved = number;
            }
            progress.accept(plan.batchRows());
        }
    }

    private ShardBatch.Stored stored() {
        return switch (job.settings().storage().dtype()) {
            case BF16 -> ShardBatch.Stored.BF16;
            case F32 -> ShardBatch.Stored.FP32;
        };
    }

    private int restore(Checkpoint checkpoint, Course course) {
        if (workers.rank() == 0) {
            checkpoint.discardUnfinished();
        }
        workers.await();
        Optional<Checkpoint.Summary> latest = checkpoint.latest();
        latest.ifPresent(summary -> {
            course.restore(summary, checkpoint.folder(summary.step()));
            curve.addAll(summary.curve());
        });
        workers.await();
        return latest.map(Checkpoint.Summary::step).orElse(0);
    }

    private void save(Checkpoint checkpoint, int number, Course course) {
        course.save(checkpoint.open(number));
        workers.await();
        if (workers.rank() == 0) {
            checkpoint.seal(number, course.shared(), curve);
        }
    }

    private void log(RowOptimiser.Step point, TrainingStep.Outcome outcome) {
        int interval = job.settings().intervals().logSteps();
        int number = point.number();
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

    /** Optimiser state is gone when the weights are copied, and they are when the copy is written. */
    private Optional<Sae> dictionary(MatrixProduct.Factory products) {
        try (TrainingWeights weights = train(products)) {
            return workers.rank() == 0
                    ? Optional.of(new TrainedSae(weights, recipe.objective())
                            .publish(job.input().point(), sample, crew))
                    : Optional.empty();
        }
    }

    private void publish(Sae sae, MatrixProduct.Factory products) {
        Map<String, String> provenance = new TreeMap<>(job.provenance());
        provenance.put("training_rows", Integer.toString(rows.inputs().facts().rows()));
        provenance.put("training_steps", Integer.toString(plan.steps()));
        provenance.put("input_scale", Float.toString(sample.inputScale()));
        provenance.put("learning_rate", Double.toString(recipe.peakRate()));
        provenance.put("dead_after_rows", Long.toString(recipe.deadAfter((long) plan.steps() * plan.batchRows())));
        provenance.put("objective", recipe.objective().toString());
        provenance.putAll(beside(sae, products));
        try {
            sae.write(Files.createDirectories(Path.of(job.folders().target())), provenance);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Cannot write the dictionary of layer "
                            + job.input().point().layer(),
                    e);
        }
    }

    /** What is said about dictionaries that autoencoders' stages do not measure. */
    private Map<String, String> beside(Sae sae, MatrixProduct.Factory products) {
        Beside beside = job.rows().beside();
        Map<String, String> facts = new TreeMap<>();
        if (beside instanceof Beside.Output output) {
            facts.put("output_hook", output.rows().point().site().sqlName());
        } else if (beside instanceof Beside.SecondModel) {
            double[] norms = rows.meanNorms();
            facts.put(CrosscoderFeatures.FIRST_NORM, Double.toString(norms[0]));
            facts.put(CrosscoderFeatures.SECOND_NORM, Double.toString(norms[1]));
        }
        if (!beside.inputs().isEmpty() && rows.inputs().facts().leftOut().heldOut() > 0) {
            facts.putAll(HeldOutMeasure.of(sae, request(job, workers), beside, products));
        }
        return facts;
    }

    private LayerResult result() {
        return new LayerResult(
                job.input().point().layer(),
                job.variant(),
                List.copyOf(curve),
                new LayerResult.Counts(
                        rows.inputs().facts(), plan.unusedRows(), rows.inputs().mixing(), rows.wait_s(), times));
    }
}
