package org.demur.training;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.rows.RowFilter;
import org.demur.rows.RowInput;
import org.demur.runtime.Stage;
import org.demur.runtime.StageContext;
import org.demur.runtime.TaskCounter;
import org.demur.schema.Table;
import org.demur.table.Manifest;
import org.demur.table.Sha256;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * Trains a TopK dictionary for every layer in one barrier stage of as many workers as there are free slots, at most one per
 * shard. Weights are the same bits for any number of workers.
 */
public final class TrainStage implements Stage {
    /** Local property of the Spark context that bounds the workers; for tests and for leaving slots to others. */
    static final String WORKERS = "demur.train.workers";

    private final TrainSettings settings;

    /** A stage with these settings. */
    public TrainStage(TrainSettings settings) {
        this.settings = settings;
    }

    @Override
    public String name() {
        return "train";
    }

    @Override
    public int version() {
        return 2;
    }

    @Override
    public String parametersJson() {
        return settings.json();
    }

    @Override
    public List<String> inputs() {
        return List.of("extract");
    }

    @Override
    public void execute(StageContext context) {
        Path staged = context.warehouse().stageFiles("saes", context.run());
        List<LayerJob> jobs = jobs(context, staged);
        List<LayerResult> results = train(context, jobs, plannedRows(context));
        context.warehouse().publishFiles("saes", context.run(), staged);
        context.warehouse().publish(Table.SAE_TRAINING, context.run(), table(context, results), facts(results));
        context.warehouse().removeScratch(context.run());
    }

    private List<LayerJob> jobs(StageContext context, Path staged) {
        LayerInputs inputs = new LayerInputs(context, settings);
        Path checkpoints = context.warehouse().scratch("train", context.run());
        List<LayerJob> jobs = new ArrayList<>();
        for (Row layer : layers(context)) {
            int number = layer.getInt(0);
            RowInput input = inputs.of(LayerInputs.point(layer), layer.getInt(2), layer.getDouble(3));
            jobs.add(new LayerJob(
                    input,
                    settings,
                    context.seed().derive("train", number),
                    digest(context, inputs.activations(), number),
                    checkpoints.resolve("layer=" + number).toString(),
                    staged.resolve("layer=" + number).toString(),
                    provenance(context, inputs.activations(), input.filter())));
        }
        return jobs;
    }

    /** Rows of all epochs and layers, before outliers and classes are left out: what progress is measured against. */
    private long plannedRows(StageContext context) {
        long extracted =
                layers(context).stream().mapToLong(layer -> layer.getLong(4)).sum();
        return Math.round(extracted
                * (1 - settings.rows().heldOutFraction())
                * settings.batches().epochs());
    }

    /** Layer, hook, width, median norm and rows of every layer to train, by layer. */
    private List<Row> layers(StageContext context) {
        List<Row> extracted = settings.recipe()
                .points()
                .inputs(context.warehouse()
                        .read(Table.ACTIVATION_STATS, context.input("extract"))
                        .where("token_class = 'all'")
                        .selectExpr("layer", "hook", "size(mean_vector)", "norm_p50", "n")
                        .orderBy("layer", "hook")
                        .collectAsList());
        List<Integer> there = extracted.stream().map(row -> row.getInt(0)).toList();
        if (!there.containsAll(settings.layers()) || there.isEmpty()) {
            throw new JobException(
                    ExitCode.MISSING_INPUT,
                    "Layers " + settings.layers() + " are to be trained, but " + there + " were extracted",
                    "train.layers names layers that extract.layers does not",
                    "add them to extract.layers, or leave train.layers empty for all");
        }
        return extracted.stream()
                .filter(row -> settings.layers().isEmpty() || settings.layers().contains(row.getInt(0)))
                .toList();
    }

    private String digest(StageContext context, Manifest activations, int layer) {
        String everything = String.join(
                "\n",
                Integer.toString(version()),
                settings.json(),
                activations.contentDigest(),
                Long.toString(context.seed().value()),
                Integer.toString(layer));
        return HexFormat.of().formatHex(Sha256.of(everything.getBytes(StandardCharsets.UTF_8)));
    }

    private Map<String, String> provenance(StageContext context, Manifest activations, RowFilter filter) {
        Map<String, String> provenance = new TreeMap<>();
        provenance.put("run", context.run().value());
        provenance.put("extract_run", context.input("extract").value());
        provenance.put("activations_digest", activations.contentDigest());
        provenance.put("model_digest", context.model().digest());
        provenance.put("seed", Long.toString(context.seed().value()));
        provenance.put("train_settings", settings.json());
        provenance.put("excluded_classes", String.join(",", settings.rows().excludedClasses()));
        provenance.put("held_out_seed", Long.toString(filter.heldOut().seed()));
        provenance.put("held_out_fraction", Double.toString(filter.heldOut().fraction()));
        provenance.put("largest_norm", Double.toString(filter.largestNorm()));
        return provenance;
    }

    private List<LayerResult> train(StageContext context, List<LayerJob> jobs, long plannedRows) {
        SparkContext spark = context.spark().sparkContext();
        int slots = spark.maxNumConcurrentTasks(spark.resourceProfileManager().defaultResourceProfile());
        String most = spark.getLocalProperty(WORKERS);
        int wanted = most == null ? settings.batches().shards() : Integer.parseInt(most);
        int workers = Math.max(1, Math.min(Math.min(wanted, settings.batches().shards()), slots));
        List<Integer> ranks = IntStream.range(0, workers).boxed().toList();
        RDD<Integer> places = JavaSparkContext.fromSparkContext(spark)
                .parallelize(ranks, workers)
                .rdd();
        ClassTag<LayerResult> tag = ClassTag$.MODULE$.apply(LayerResult.class);
        spark.setJobGroup(context.run().value(), "train " + jobs.size() + " layers, " + workers + " workers", false);
        try (TaskCounter counter = TaskCounter.start(context, "train", plannedRows, "rows")) {
            TrainTask task = new TrainTask(jobs, context.model().compute().nativeThreads(), counter.accumulator());
            return places.barrier().mapPartitions(task, false, tag).toJavaRDD().collect();
        } finally {
            spark.clearJobGroup();
        }
    }

    private static Dataset<Row> table(StageContext context, List<LayerResult> results) {
        List<Row> rows = new ArrayList<>();
        for (LayerResult result : results) {
            for (CurvePoint point : result.curve()) {
                rows.add(RowFactory.create(
                        result.layer(),
                        point.step(),
                        point.epoch(),
                        point.rows(),
                        point.learningRate(),
                        point.loss(),
                        point.fvu(),
                        point.l0(),
                        point.auxiliaryLoss(),
                        point.deadFraction()));
            }
        }
        return context.spark().createDataFrame(rows, Table.SAE_TRAINING.schema());
    }

    private static Map<String, String> facts(List<LayerResult> results) {
        Map<String, String> facts = new TreeMap<>();
        for (LayerResult result : results) {
            facts.put("layer " + result.layer(), result.counts().text());
            facts.put(
                    "layer " + result.layer() + " mixing",
                    result.counts().mixing().toString());
        }
        return facts;
    }
}
