package org.demur.evaluation;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.udf;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF4;
import org.apache.spark.sql.types.DataTypes;
import org.demur.runtime.JobGroup;
import org.demur.runtime.Stage;
import org.demur.runtime.StageContext;
import org.demur.sae.HeldOutPrompts;
import org.demur.sae.RowHash;
import org.demur.sae.Sae;
import org.demur.schema.Table;
import scala.Tuple2;

/**
 * Measures every trained dictionary on rows it was not trained on and, for comparison, on rows it was: float64 sums of
 * reconstruction, and the model's loss with the reconstruction spliced in.
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
        return 1;
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
        Path folder = context.warehouse().files("saes", context.input("train"));
        List<Integer> layers = layers(context);
        Map<String, String> provenance = Sae.provenance(folder.resolve("layer=" + layers.get(0)));
        HeldOutPrompts heldOut = new HeldOutPrompts(
                Long.parseLong(provenance.get("held_out_seed")),
                Double.parseDouble(provenance.get("held_out_fraction")));
        List<ReconstructionTask.Part> parts;
        try (JobGroup group = JobGroup.start(context, "evaluate: reconstruction")) {
            parts = reconstruct(
                    context,
                    new ReconstructionTask(
                            folder.toString(),
                            layers,
                            settings.shards(),
                            heldOut,
                            context.seed().derive("evaluate rows")));
        }
        Map<Integer, LossSums> losses;
        try (JobGroup group = JobGroup.start(context, "evaluate: cross-entropy")) {
            losses = losses(context, folder, layers, texts(context, heldOut, provenance));
        }
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            Sae sae = Sae.read(folder.resolve("layer=" + layers.get(i)));
            rows.addAll(rows(sae, i, parts, losses));
        }
        context.warehouse()
                .publish(
                        Table.SAE_METRICS,
                        context.run(),
                        context.spark().createDataFrame(rows, Table.SAE_METRICS.schema()));
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

    private List<ReconstructionTask.Part> reconstruct(StageContext context, ReconstructionTask task) {
        Dataset<Row> activations = context.warehouse().read(Table.ACTIVATIONS, context.input("extract"));
        long perLayer = Math.max(
                1,
                context.warehouse()
                                .manifest(Table.ACTIVATIONS, context.input("extract"))
                                .rows()
                        / activations.select("layer").distinct().count());
        HeldOutPrompts heldOut = task.heldOut();
        double heldShare = share(settings.rows(), perLayer * heldOut.fraction());
        double trainedShare = share(settings.rows(), perLayer * (1 - heldOut.fraction()));
        UDF4<String, String, String, Integer, Boolean> sampled = (set, prompt, kind, position) -> {
            double share = heldOut.contains(set, prompt) ? heldShare : trainedShare;
            return unit(task.order(set, prompt, kind, position)) < share;
        };
        // Rows are chosen by their keys before their vectors are touched.
        JavaRDD<Row> rows = activations
                .where(col("layer").isin(task.layers().toArray()))
                .where(udf(sampled, DataTypes.BooleanType)
                        .apply(col("set_name"), col("prompt_id"), col("kind"), col("position")))
                .select("layer", "set_name", "prompt_id", "kind", "position", "vector", "dtype")
                .toJavaRDD();
        return rows.mapToPair(row -> {
                    long order = task.order(row.getString(1), row.getString(2), row.getString(3), row.getInt(4));
                    SampledRow taken = new SampledRow(
                            order,
                            heldOut.contains(row.getString(1), row.getString(2)),
                            row.getAs(5),
                            row.getString(6));
                    return new Tuple2<>(task.part(row.getInt(0), order), taken);
                })
                .partitionBy(new HashPartitioner(task.layers().size() * task.shards()))
                .mapPartitionsWithIndex((part, pairs) -> task.measure(part, new ValuesOf<>(pairs)), false)
                .collect();
    }

    private static double share(int wanted, double there) {
        return there <= wanted ? 1 : wanted / there;
    }

    /** A hash as a number in [0, 1), independent of its lowest bits, which choose the shard. */
    private static double unit(long hash) {
        return (hash >>> 11) * 0x1p-53;
    }

    private List<LossText> texts(StageContext context, HeldOutPrompts heldOut, Map<String, String> provenance) {
        Set<String> trained = new TreeSet<>();
        context.warehouse()
                .read(Table.ACTIVATION_STATS, context.input("extract"))
                .select("token_class")
                .distinct()
                .collectAsList()
                .forEach(row -> trained.add(row.getString(0)));
        trained.removeAll(List.of(provenance.get("excluded_classes").split(",")));
        Set<String> corpus = context
                .warehouse()
                .read(Table.ACTIVATIONS, context.input("extract"))
                .select("set_name")
                .distinct()
                .collectAsList()
                .stream()
                .map(row -> row.getString(0))
                .collect(Collectors.toSet());
        List<Row> candidates = new ArrayList<>(context.warehouse()
                .read(Table.PROMPTS, context.input("prompts"))
                .where("kind IN ('chat_response', 'text')")
                .select("set_name", "prompt_id", "kind", "token_ids", "token_classes")
                .toJavaRDD()
                .filter(row ->
                        corpus.contains(row.getString(0)) && heldOut.contains(row.getString(0), row.getString(1)))
                .collect());
        long seed = context.seed().derive("evaluate texts");
        candidates.sort(Comparator.comparingLong(row -> order(row, seed)));
        List<LossText> texts = new ArrayList<>();
        int tokens = 0;
        for (int i = 0; i < candidates.size() && tokens < settings.lossTokens(); i++) {
            LossText text = text(candidates.get(i), trained);
            if (text.tokenIds().length > 1) {
                texts.add(text);
                tokens += text.tokenIds().length;
            }
        }
        return texts;
    }

    private static long order(Row row, long seed) {
        RowHash hash = new RowHash(seed);
        for (int column = 0; column <= 2; column++) {
            hash.add(row.getString(column).getBytes(StandardCharsets.UTF_8));
        }
        return hash.value();
    }

    private LossText text(Row row, Set<String> trained) {
        List<Integer> ids = row.getList(3);
        List<String> classes = row.getList(4);
        int length = Math.min(ids.size(), settings.tokensPerText());
        int[] tokenIds = new int[length];
        boolean[] spliced = new boolean[length];
        for (int t = 0; t < length; t++) {
            tokenIds[t] = ids.get(t);
            spliced[t] = trained.contains(classes.get(t));
        }
        return new LossText(tokenIds, spliced);
    }

    private Map<Integer, LossSums> losses(
            StageContext context, Path folder, List<Integer> layers, List<LossText> texts) {
        Map<Integer, float[]> means = new TreeMap<>();
        for (Row row : context.warehouse()
                .read(Table.ACTIVATION_STATS, context.input("extract"))
                .where("token_class = 'all'")
                .select("layer", "mean_vector")
                .collectAsList()) {
            if (layers.contains(row.getInt(0))) {
                means.put(row.getInt(0), floats(row.getList(1)));
            }
        }
        SpliceTask task = new SpliceTask(context.model(), folder.toString(), means, settings.maxTokensPerBatch());
        List<List<LossText>> shards = shards(texts);
        Map<Integer, LossSums> sums = new TreeMap<>();
        if (!shards.isEmpty()) {
            JavaSparkContext.fromSparkContext(context.spark().sparkContext())
                    .parallelize(shards, shards.size())
                    .map(task::measure)
                    .collect()
                    .forEach(shard -> shard.forEach(layer -> sums.merge(layer.layer(), layer, LossSums::plus)));
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

    private static float[] floats(List<Float> values) {
        float[] array = new float[values.size()];
        for (int i = 0; i < array.length; i++) {
            array[i] = values.get(i);
        }
        return array;
    }

    private List<Row> rows(
            Sae sae, int layerIndex, List<ReconstructionTask.Part> parts, Map<Integer, LossSums> losses) {
        ReconstructionSums heldOut = new ReconstructionSums(sae.d());
        ReconstructionSums trained = new ReconstructionSums(sae.d());
        parts.stream()
                .filter(part -> part.part() / settings.shards() == layerIndex)
                .sorted(Comparator.comparingInt(ReconstructionTask.Part::part))
                .forEach(part -> {
                    heldOut.add(part.heldOut());
                    trained.add(part.trained());
                });
        List<Row> rows = new ArrayList<>();
        LossSums none = new LossSums(sae.layer(), 0, 0, 0, 0);
        if (heldOut.rows() > 1) {
            rows.add(row(sae, true, heldOut, losses.getOrDefault(sae.layer(), none)));
        }
        if (trained.rows() > 1) {
            rows.add(row(sae, false, trained, none));
        }
        return rows;
    }

    private static Row row(Sae sae, boolean heldOut, ReconstructionSums sums, LossSums loss) {
        boolean measured = loss.tokens() > 0;
        double tokens = loss.tokens();
        return RowFactory.create(
                sae.layer(),
                "topk",
                sae.d(),
                sae.F(),
                sae.k(),
                sums.rows(),
                heldOut,
                sums.fvu(),
                sums.l0(),
                sums.deadFraction(sae.F()),
                sums.cosine(),
                loss.tokens(),
                measured ? (Object) (loss.clean() / tokens) : null,
                measured ? (Object) (loss.spliced() / tokens) : null,
                measured ? (Object) (loss.meanAblated() / tokens) : null,
                measured ? (Object) loss.recovered() : null);
    }
}
