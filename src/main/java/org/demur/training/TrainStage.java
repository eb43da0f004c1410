package org.demur.training;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
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
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.rows.RowFilter;
import org.demur.runtime.Stage;
import org.demur.runtime.StageContext;
import org.demur.runtime.TaskCounter;
import org.demur.schema.Table;
import org.demur.table.Manifest;
import org.demur.table.Sha256;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * Trains the dictionaries of every layer: one after another in a barrier stage of as many workers as there are free slots, at
 * most one per shard, or every one in a task of its own, see {@link TrainMode}. Weights are the same bits for any number of
 * workers.
 */
public final class TrainStage implements Stage {
    private static final Logger LOG = LoggerFactory.getLogger(TrainStage.class);

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
        return 3;
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
        boolean isCrosscoder = !settings.recipe().points().second().isEmpty();
        String kind = isCrosscoder ? "crosscoders" : "saes";
        Path staged = context.warehouse().stageFiles(kind, context.run());
        List<Row> layers = layers(context);
        ModeRule.Choice choice = ModeRule.choose(settings.mode(), load(layers));
        LOG.info(
                "Training {} dictionaries, mode {}: {}",
                dictionaries(layers),
                choice.mode().label(),
                choice.reason());
        List<LayerResult> results = train(context, jobs(context, layers, choice.mode(), staged), plannedRows(layers));
        for (LayerResult result : results) {
            LOG.info("{}: {}", name(result), StepTimes.text(result.counts().times()));
        }
        Map<String, String> facts = facts(results);
        facts.put("mode", choice.mode().label() + " (" + choice.reason() + ")");
        if (isCrosscoder) {
            List<Row> features = results.stream()
                    .flatMap(result -> CrosscoderFeatures.rows(staged, folder(result)).stream())
                    .toList();
            context.warehouse().publishRows(Table.CROSSCODER_FEATURES, context.run(), features);
        }
        context.warehouse().publishFiles(kind, context.run(), staged);
        context.warehouse().publish(Table.SAE_TRAINING, context.run(), table(context, results), facts);
        context.warehouse().removeScratch(context.run());
    }

    private int dictionaries(List<Row> layers) {
        return layers.size() * settings.variants().all().size();
    }

    private ModeRule.Load load(List<Row> layers) {
        int width = layers.stream().mapToInt(layer -> layer.getInt(2)).max().orElseThrow();
        SaeVariant largest = settings.variants().all().stream()
                .max(Comparator.comparingInt(SaeVariant::features))
                .orElseThrow();
        return new ModeRule.Load(
                dictionaries(layers),
                settings.batches().shards(),
                settings.batches().rows(),
                new ModeRule.Size(width, largest.features(), largest.k()));
    }

    private List<LayerJob> jobs(StageContext context, List<Row> layers, TrainMode mode, Path staged) {
        LayerInputs inputs = new LayerInputs(context, settings);
        Path checkpoints = context.warehouse().scratch("train", context.run());
        List<LayerJob> jobs = new ArrayList<>();
        for (Row layer : layers) {
            int number = layer.getInt(0);
            LayerJob.Rows rows = inputs.rows(LayerInputs.point(layer), layer.getInt(2), layer.getDouble(3));
            Map<String, String> provenance =
                    provenance(context, inputs.activations(), rows.input().filter());
            provenance.put("train_mode", mode.label());
            long order = context.seed().derive("train", number);
            for (SaeVariant variant : settings.variants().all()) {
                long start = variant.seed() == 0 ? order : context.seed().derive("train", number, variant.seed());
                String folder = variant.folder(number);
                jobs.add(new LayerJob(
                        rows,
                        settings,
                        variant,
                        mode,
                        new LayerJob.Seeds(order, start),
                        new LayerJob.Folders(
                                digest(context, inputs.activations(), folder),
                                checkpoints.resolve(folder).toString(),
                                staged.resolve(folder).toString()),
                        provenance));
            }
        }
        return jobs;
    }

    /** Rows of all passes and dictionaries, before outliers and classes are left out: what progress is measured against. */
    private long plannedRows(List<Row> layers) {
        long extracted = layers.stream().mapToLong(layer -> layer.getLong(4)).sum();
        return Math.round(extracted
                * (1 - settings.rows().heldOutFraction())
                * settings.batches().epochs()
                * settings.variants().all().size());
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

    private String digest(StageContext context, Manifest activations, String folder) {
        String everything = String.join(
                "\n",
                Integer.toString(version()),
                settings.json(),
                activations.contentDigest(),
                Long.toString(context.seed().value()),
                folder);
        return HexFormat.of().formatHex(Sha256.of(everything.getBytes(StandardCharsets.UTF_8)));
    }

    private Map<String, String> provenance(StageContext context, Manifest activations, RowFilter filter) {
        Map<String, String> provenance = new TreeMap<>();
        provenance.put("run", context.run().value());
        provenance.put("extract_run", context.input("extract").value());
        settings.recipe().points().second().forEach(run -> provenance.put("second_extract_run", run.value()));
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
        boolean many = jobs.get(0).mode() == TrainMode.MANY;
        int useful = many ? jobs.size() : settings.batches().shards();
        String most = spark.getLocalProperty(WORKERS);
        int wanted = most == null ? useful : Math.min(useful, Integer.parseInt(most));
        int workers = Math.max(1, Math.min(wanted, slots));
        spark.setJobGroup(
                context.run().value(), "train " + jobs.size() + " dictionaries, " + workers + " workers", false);
        try (TaskCounter counter = TaskCounter.start(context, "train", plannedRows, "rows")) {
            int threads = context.model().compute().nativeThreads();
            List<TaskOutcome> outcomes = many
                    ? apart(spark, Assignment.of(jobs, workers), new ManyTask(threads, counter.accumulator()))
                    : together(spark, workers, new TrainTask(jobs, threads, counter.accumulator()));
            return TaskOutcome.results(outcomes);
        } finally {
            spark.clearJobGroup();
        }
    }

    private static List<TaskOutcome> apart(SparkContext spark, List<List<LayerJob>> groups, ManyTask task) {
        return JavaSparkContext.fromSparkContext(spark)
                .parallelize(groups, groups.size())
                .mapPartitions(task)
                .collect();
    }

    private static List<TaskOutcome> together(SparkContext spark, int workers, TrainTask task) {
        List<Integer> ranks = IntStream.range(0, workers).boxed().toList();
        RDD<Integer> places = JavaSparkContext.fromSparkContext(spark)
                .parallelize(ranks, workers)
                .rdd();
        ClassTag<TaskOutcome> tag = ClassTag$.MODULE$.apply(TaskOutcome.class);
        return places.barrier().mapPartitions(task, false, tag).toJavaRDD().collect();
    }

    private static Dataset<Row> table(StageContext context, List<LayerResult> results) {
        List<Row> rows = new ArrayList<>();
        for (LayerResult result : results) {
            for (CurvePoint point : result.curve()) {
                rows.add(point.row(result.layer(), folder(result), result.variant()));
            }
        }
        return context.spark().createDataFrame(rows, Table.SAE_TRAINING.schema());
    }

    private static Map<String, String> facts(List<LayerResult> results) {
        Map<String, String> facts = new TreeMap<>();
        for (LayerResult result : results) {
            facts.put(name(result), result.counts().text());
            facts.put(name(result) + " time", StepTimes.text(result.counts().times()));
            facts.put(name(result) + " mixing", result.counts().mixing().toString());
        }
        return facts;
    }

    private static String folder(LayerResult result) {
        return result.variant().folder(result.layer());
    }

    private static String name(LayerResult result) {
        SaeVariant variant = result.variant();
        return "layer " + result.layer() + (variant.number() == 0 ? "" : ", " + variant.name());
    }
}
