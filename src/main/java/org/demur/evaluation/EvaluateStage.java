package org.demur.evaluation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.demur.runtime.JobGroup;
import org.demur.runtime.Stage;
import org.demur.runtime.StageContext;
import org.demur.sae.Activation;
import org.demur.sae.Sae;
import org.demur.schema.Table;

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
        TrainedRows trained = TrainedRows.read(folder, layers);
        List<Sae> saes = layers.stream()
                .map(layer -> Sae.read(folder.resolve("layer=" + layer)))
                .toList();
        Map<Integer, RowSample.Measured> measured;
        try (JobGroup group = JobGroup.start(context, "evaluate: reconstruction")) {
            measured = new RowSample(context, settings.rows(), trained)
                    .measure(new ReconstructionTask(
                            folder.toString(),
                            layers,
                            settings.shards(),
                            trained.heldOut(),
                            context.seed().derive("evaluate rows")));
        }
        Map<Integer, float[]> means = new TreeMap<>();
        saes.stream()
                .filter(sae -> measured.containsKey(sae.layer()))
                .forEach(sae -> means.put(sae.layer(), measured.get(sae.layer()).mean(sae.d())));
        Map<Integer, LossSums> losses;
        try (JobGroup group = JobGroup.start(context, "evaluate: cross-entropy")) {
            SpliceTask task = new SpliceTask(
                    context.model(), folder.toString(), means, trained.largestNorms(), settings.maxTokensPerBatch());
            losses = losses(context, task, new LossTexts(context, settings, trained).choose());
        }
        List<Row> rows = new ArrayList<>();
        saes.stream()
                .filter(sae -> measured.containsKey(sae.layer()))
                .forEach(sae -> rows.addAll(rows(sae, measured.get(sae.layer()), losses)));
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

    private Map<Integer, LossSums> losses(StageContext context, SpliceTask task, List<LossText> texts) {
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

    private static List<Row> rows(Sae sae, RowSample.Measured measured, Map<Integer, LossSums> losses) {
        List<Row> rows = new ArrayList<>();
        LossSums none = new LossSums(sae.layer(), 0, 0, 0, 0);
        if (measured.heldOut().rows() > 1) {
            rows.add(row(sae, true, measured.heldOut(), losses.getOrDefault(sae.layer(), none)));
        }
        if (measured.trained().rows() > 1) {
            rows.add(row(sae, false, measured.trained(), none));
        }
        return rows;
    }

    /** Features a row in training; null where the architecture fixes no number. */
    private static Object k(Activation activation) {
        return activation instanceof Activation.TopK topK ? topK.k() : null;
    }

    private static Row row(Sae sae, boolean heldOut, ReconstructionSums sums, LossSums loss) {
        boolean measured = loss.tokens() > 0;
        double tokens = loss.tokens();
        return RowFactory.create(
                sae.layer(),
                sae.facts().activation().label(),
                sae.d(),
                sae.F(),
                k(sae.facts().activation()),
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
