package org.demur.evaluation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.storage.StorageLevel;
import org.demur.runtime.JobGroup;
import org.demur.runtime.Stage;
import org.demur.runtime.StageContext;
import org.demur.schema.Table;
import scala.Tuple2;

/**
 * Measures every trained dictionary on rows it was not trained on and, for comparison, on rows it was: float64 sums of
 * reconstruction, the activity and the directions of its features, the model's predictions with the reconstruction spliced in,
 * and probes of labelled prompts.
 */
public final class EvaluateStage implements Stage {
    private final EvaluateSettings settings;

    /** A stage with these settings. */
    public EvaluateStage(EvaluateSettings settings) {
        this.settings = settings;
    }

    @Override
    public String name() {
        return "evaluate";
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
        return List.of("prompts", "extract", "train");
    }

    @Override
    public void execute(StageContext context) {
        Path folder = folder(context);
        List<Integer> layers = layers(context);
        TrainedRows trained = TrainedRows.read(folder, layers);
        List<LayerSummary> summaries = features(context, folder, trained);
        List<Dictionary> dictionaries = summaries.stream()
                .map(summary -> Dictionary.read(folder, summary.layer()))
                .toList();
        Map<Integer, LossSums> losses = losses(context, spliceTask(context, trained, dictionaries, summaries), trained);
        publish(context, Table.SAE_METRICS, MetricsRows.of(dictionaries, summaries, losses));
        publish(context, Table.SAE_DISTRIBUTIONS, distributions(summaries));
        PoolTask pooling = new PoolTask(folder.toString(), layers, settings.shards());
        publish(context, Table.SAE_PROBES, new Probes(context, settings.probe(), pooling, trained).measure());
    }

    private static Path folder(StageContext context) {
        return context.warehouse().files("saes", context.input("train"));
    }

    private static List<Integer> layers(StageContext context) {
        return context
                .warehouse()
                .read(Table.SAE_TRAINING, context.input("train"))
                .select("layer")
                .distinct()
                .collectAsList()
                .stream()
                .map(row -> row.getInt(0))
                .sorted()
                .toList();
    }

    private static void publish(StageContext context, Table table, List<Row> rows) {
        context.warehouse().publishRows(table, context.run(), rows);
    }

    /** Publishes the table of features, which never passes through the driver, and answers what else it needs. */
    private List<LayerSummary> features(StageContext context, Path folder, TrainedRows trained) {
        List<Integer> layers = List.copyOf(trained.largestNorms().keySet());
        DecoderTask directions = new DecoderTask(folder.toString(), settings.shards());
        ReconstructionTask reconstruction = new ReconstructionTask(
                folder.toString(),
                layers,
                settings.shards(),
                trained.heldOut(),
                context.seed().derive("evaluate rows"));
        List<DecoderTask.Work> works = directions.works(layers);
        JavaPairRDD<Integer, DecoderBlock> blocks = spark(context)
                .parallelize(works, works.size())
                .mapToPair(work -> new Tuple2<>(work.layer(), directions.measure(work)));
        JavaRDD<LayerFeatures> features = new RowSample(context, settings.rows(), trained)
                .measure(reconstruction)
                .join(blocks.groupByKey(), new HashPartitioner(layers.size()))
                .map(pair -> new LayerFeatures(
                        pair._1(), pair._2()._1(), DecoderBlock.join(pair._2()._2())))
                .persist(StorageLevel.MEMORY_AND_DISK());
        try (JobGroup group = JobGroup.start(context, "evaluate: reconstruction and features")) {
            List<LayerSummary> summaries =
                    new ArrayList<>(features.map(LayerFeatures::summary).collect());
            summaries.sort(Comparator.comparingInt(LayerSummary::layer));
            context.warehouse()
                    .publish(
                            Table.FEATURES,
                            context.run(),
                            context.spark()
                                    .createDataFrame(features.flatMap(LayerFeatures::rows), Table.FEATURES.schema()));
            return summaries;
        } finally {
            features.unpersist();
        }
    }

    private SpliceTask spliceTask(
            StageContext context, TrainedRows trained, List<Dictionary> dictionaries, List<LayerSummary> summaries) {
        Map<Integer, SpliceTask.Layer> layers = new TreeMap<>();
        for (int i = 0; i < dictionaries.size(); i++) {
            Dictionary dictionary = dictionaries.get(i);
            double largestNorm = trained.largestNorms().get(dictionary.layer());
            layers.put(
                    dictionary.layer(),
                    new SpliceTask.Layer(dictionary.at(), summaries.get(i).mean_D(), largestNorm));
        }
        SpliceTask.Limits limits = new SpliceTask.Limits(
                settings.maxTokensPerBatch(),
                (settings.divergenceTokens() + settings.shards() - 1) / settings.shards());
        return new SpliceTask(context.model(), folder(context).toString(), layers, limits);
    }

    private Map<Integer, LossSums> losses(StageContext context, SpliceTask task, TrainedRows trained) {
        List<List<LossText>> shards = shards(new LossTexts(context, settings, trained).choose());
        Map<Integer, LossSums> sums = new TreeMap<>();
        if (!shards.isEmpty()) {
            try (JobGroup group = JobGroup.start(context, "evaluate: cross-entropy")) {
                spark(context)
                        .parallelize(shards, shards.size())
                        .map(task::measure)
                        .collect()
                        .forEach(shard -> shard.forEach(layer -> sums.merge(layer.layer(), layer, LossSums::plus)));
            }
        }
        return sums;
    }

    private List<List<LossText>> shards(List<LossText> texts) {
        List<List<LossText>> shards = new ArrayList<>();
        int count = Math.min(settings.shards(), texts.size());
        for (int s = 0; s < count; s++) {
            shards.add(new ArrayList<>(texts.subList(texts.size() * s / count, texts.size() * (s + 1) / count)));
        }
        return shards;
    }

    private static List<Row> distributions(List<LayerSummary> summaries) {
        List<Row> rows = new ArrayList<>();
        for (LayerSummary summary : summaries) {
            for (Bin bin : summary.bins()) {
                rows.add(RowFactory.create(
                        summary.layer(),
                        bin.quantity(),
                        bin.isOffScale() ? null : (Object) bin.low(),
                        bin.isOffScale() ? null : (Object) bin.high(),
                        bin.count()));
            }
        }
        return rows;
    }

    private static JavaSparkContext spark(StageContext context) {
        return JavaSparkContext.fromSparkContext(context.spark().sparkContext());
    }
}
