package org.demur.activations;

import static org.apache.spark.sql.functions.col;

import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.CollectionAccumulator;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.config.CanonicalJson;
import org.demur.corpus.ExtractionFacts;
import org.demur.corpus.PromptKey;
import org.demur.corpus.ShardPlan;
import org.demur.corpus.StoredVectors;
import org.demur.corpus.TokenisedPrompt;
import org.demur.edit.Site;
import org.demur.model.BlockLayout;
import org.demur.model.ModelConfig;
import org.demur.runtime.JobGroup;
import org.demur.runtime.Stage;
import org.demur.runtime.StageContext;
import org.demur.runtime.TaskCounter;
import org.demur.schema.Table;
import scala.Tuple2;

/**
 * Publishes {@code activations}, {@code activation_stats} and {@code quarantine}: the residual vectors of all prompts
 * of the corpus sets at the chosen layers, from one forward pass per prompt.
 */
public final class ExtractStage implements Stage {
    private final ExtractSettings settings;

    /** A stage with these settings. */
    public ExtractStage(ExtractSettings settings) {
        this.settings = settings;
    }

    @Override
    public String name() {
        return "extract";
    }

    @Override
    public int version() {
        return 2;
    }

    @Override
    public String parametersJson() {
        return CanonicalJson.of(settings);
    }

    @Override
    public List<String> inputs() {
        return List.of("prompts");
    }

    /** Refuses the middle of a block whose halves run side by side: the stream there is an input of nothing. */
    @Override
    public void requireSuits(ModelConfig model) {
        int deepest = Collections.max(settings.layers());
        if (deepest >= model.nLayers()) {
            throw new JobException(
                    ExitCode.USAGE,
                    "extract.layers names layer " + deepest + "; the model has " + model.nLayers(),
                    "layers count from 0",
                    "name layers up to " + (model.nLayers() - 1) + " in the job file");
        }
        if (settings.hooks().contains(Site.RESID_MID) && model.layout() == BlockLayout.PARALLEL) {
            throw new JobException(
                    ExitCode.USAGE,
                    "extract.hook = resid_mid does not suit this model",
                    "in its blocks attention and MLP run side by side on the stream that enters, so nothing reads the"
                            + " stream between them and a dictionary of it could not be evaluated or steered with",
                    "write extract.hook = resid_post or resid_pre in the job file");
        }
    }

    @Override
    public void execute(StageContext context) {
        Dataset<Row> prompts = context.warehouse()
                .read(Table.PROMPTS, context.input("prompts"))
                .where(col("set_name").isin(settings.sets().toArray()));
        ShardPlan plan = new ShardPlan(lengths(prompts), settings.shards());
        String what = "extract layers " + settings.layers() + ", " + settings.shards() + " shards";
        try (JobGroup group = JobGroup.start(context, what);
                TaskCounter counter = TaskCounter.start(context, "extract", plan.tokens(), "tokens")) {
            CollectionAccumulator<ShardExtraction.BadVector> bad =
                    context.spark().sparkContext().collectionAccumulator("not finite");
            StoredVectors stored = settings.vectors().of(context.seed(), plan.tokens());
            ShardExtraction task = new ShardExtraction(context.model(), settings, stored, counter.accumulator(), bad);
            JavaRDD<Row> rows = shards(context, prompts, plan).mapPartitions(task::rows);
            context.warehouse()
                    .publish(
                            Table.ACTIVATIONS,
                            context.run(),
                            context.spark().createDataFrame(rows, Table.ACTIVATIONS.schema()),
                            facts(context, stored));
            publishQuarantine(context, bad.value());
        }
        try (JobGroup group = JobGroup.start(context, "activation statistics")) {
            new ActivationStatistics(context).publish();
        }
    }

    private Map<String, String> facts(StageContext context, StoredVectors stored) {
        return new ExtractionFacts(
                        context.input("prompts").value(),
                        settings.sets(),
                        settings.shards(),
                        settings.maxTokensPerBatch(),
                        stored.share())
                .facts();
    }

    private static List<ShardPlan.Length> lengths(Dataset<Row> prompts) {
        return prompts.select("set_name", "prompt_id", "kind", "n_tokens").collectAsList().stream()
                .map(row -> new ShardPlan.Length(TokenisedPrompt.key(row), row.getInt(3)))
                .toList();
    }

    /** One partition per shard; only keys and lengths pass through the driver. */
    private static JavaRDD<TokenisedPrompt> shards(StageContext context, Dataset<Row> prompts, ShardPlan plan) {
        Broadcast<Map<PromptKey, Integer>> shardByPrompt = context.spark()
                .sparkContext()
                .broadcast(plan.shardByPrompt(), scala.reflect.ClassTag$.MODULE$.apply(Map.class));
        Column[] columns =
                TokenisedPrompt.COLUMNS.stream().map(name -> col(name)).toArray(Column[]::new);
        return prompts.select(columns)
                .toJavaRDD()
                .map(TokenisedPrompt::of)
                .mapToPair(prompt -> new Tuple2<>(shardByPrompt.value().get(prompt.key()), prompt))
                .partitionBy(new ShardPartitioner(plan.shards()))
                .values()
                .setName("prompts by shard");
    }

    private static final class ShardPartitioner extends Partitioner {
        private final int shards;

        ShardPartitioner(int shards) {
            this.shards = shards;
        }

        @Override
        public int numPartitions() {
            return shards;
        }

        @Override
        public int getPartition(Object shard) {
            return (Integer) shard;
        }
    }

    /** Spark counts an accumulator once per task of an action, however often the task was tried. */
    private static void publishQuarantine(StageContext context, List<ShardExtraction.BadVector> bad) {
        List<Row> rows = bad.stream()
                .sorted(Comparator.comparing(ShardExtraction.BadVector::key)
                        .thenComparing(ShardExtraction.BadVector::layer)
                        .thenComparing(ShardExtraction.BadVector::position))
                .map(vector -> RowFactory.create(
                        "extract",
                        vector.key().setName(),
                        null,
                        null,
                        vector.key().promptId(),
                        "not_finite",
                        "layer " + vector.layer() + ", position " + vector.position()))
                .toList();
        context.warehouse()
                .publish(
                        Table.QUARANTINE,
                        context.run(),
                        context.spark().createDataFrame(rows, Table.QUARANTINE.schema()));
    }
}
