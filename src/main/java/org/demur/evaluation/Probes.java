package org.demur.evaluation;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.udf;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF4;
import org.apache.spark.sql.types.DataTypes;
import org.demur.evaluation.probe.Concept;
import org.demur.evaluation.probe.Decoder;
import org.demur.evaluation.probe.LayerProbes;
import org.demur.evaluation.probe.Measurement;
import org.demur.evaluation.probe.ProbeResult;
import org.demur.evaluation.probe.ProbeSettings;
import org.demur.evaluation.probe.PromptVector;
import org.demur.runtime.JobGroup;
import org.demur.runtime.StageContext;
import org.demur.sae.Sae;
import org.demur.schema.Table;
import scala.Tuple2;

/** Probes of labelled prompts at every layer: rows are averaged by prompt in shards, then one task a layer measures. */
final class Probes {
    private final StageContext context;
    private final ProbeSettings settings;
    private final PoolTask task;
    private final TrainedRows trained;

    Probes(StageContext context, ProbeSettings settings, PoolTask task, TrainedRows trained) {
        this.context = context;
        this.settings = settings;
        this.task = task;
        this.trained = trained;
    }

    /** Rows of the table {@code sae_probes}. */
    List<Row> measure() {
        ProbeSample.Chosen chosen = new ProbeSample(context, settings, trained.heldOut()).choose();
        if (chosen.numbers().isEmpty()) {
            return List.of();
        }
        LayerTask layer = new LayerTask(
                task.folder(), settings, chosen.concepts(), context.seed().derive("evaluate probe controls"));
        try (JobGroup group = JobGroup.start(context, "evaluate: probes")) {
            return pooled(chosen.numbers())
                    .mapToPair(pooled -> new Tuple2<>(pooled.layer(), pooled.vector()))
                    .groupByKey(new HashPartitioner(task.layers().size()))
                    .flatMap(pair -> layer.measure(pair._1(), pair._2()))
                    .collect();
        }
    }

    private JavaRDD<PoolTask.Pooled> pooled(Map<String, Integer> numbers) {
        Broadcast<Map<String, Integer>> shared = JavaSparkContext.fromSparkContext(
                        context.spark().sparkContext())
                .broadcast(numbers);
        PoolTask pool = task;
        return rows(shared)
                .toJavaRDD()
                .mapToPair(row -> {
                    int prompt = shared.value().get(ProbeSample.key(row.getString(1), row.getString(2)));
                    PoolTask.TokenRow token =
                            new PoolTask.TokenRow(prompt, row.getInt(3), row.getAs(4), row.getString(5));
                    return new Tuple2<>(pool.part(row.getInt(0), prompt), token);
                })
                .partitionBy(new HashPartitioner(pool.layers().size() * pool.shards()))
                .mapPartitionsWithIndex((part, pairs) -> pool.pool(part, new ValuesOf<>(pairs)), false);
    }

    /** Prompts are chosen by their keys before their vectors are touched. */
    private Dataset<Row> rows(Broadcast<Map<String, Integer>> numbers) {
        Map<Integer, Double> largestNorms = trained.largestNorms();
        UDF4<Integer, Float, String, String, Boolean> chosen = (layer, norm, set, prompt) ->
                norm <= largestNorms.get(layer) && numbers.value().containsKey(ProbeSample.key(set, prompt));
        return context.warehouse()
                .read(Table.ACTIVATIONS, context.input("extract"))
                .where(col("layer").isin(task.layers().toArray()))
                .where(col("hook").equalTo(trained.hook()))
                .where(col("kind").equalTo("chat"))
                .where(col("vector").isNotNull())
                .where(col("token_class").isin(settings.tokenClasses().toArray()))
                .where(udf(chosen, DataTypes.BooleanType)
                        .apply(col("layer"), col("norm"), col("set_name"), col("prompt_id")))
                .select("layer", "set_name", "prompt_id", "position", "vector", "dtype");
    }

    /** What one task does with the prompts of a layer. */
    private record LayerTask(String folder, ProbeSettings settings, List<Concept> concepts, long seed)
            implements java.io.Serializable {
        Iterator<Row> measure(int layer, Iterable<PromptVector> vectors) {
            Sae sae = Sae.read(Path.of(folder).resolve("layer=" + layer));
            Decoder decoder = new Decoder(sae.w_dec_FD(), sae.b_dec_D());
            List<Row> rows = new ArrayList<>();
            for (ProbeResult result : new LayerProbes(decoder, vectors, settings, seed + layer).measure(concepts)) {
                rows.add(row(layer, result));
            }
            return rows.iterator();
        }
    }

    private static Row row(int layer, ProbeResult result) {
        ProbeResult.Subject subject = result.subject();
        Measurement value = result.value();
        Measurement control = result.control();
        return RowFactory.create(
                layer,
                subject.metric(),
                subject.concept(),
                subject.representation(),
                subject.size(),
                IntStream.of(result.features()).boxed().toList().toArray(new Integer[0]),
                result.trainPrompts(),
                value.n(),
                number(result.before()),
                number(value.value()),
                number(value.low()),
                number(value.high()),
                subject.controlKind().name().toLowerCase(Locale.ROOT),
                control.n(),
                number(control.value()),
                number(control.low()),
                number(control.high()));
    }

    private static Object number(double value) {
        return Double.isNaN(value) ? null : (Object) value;
    }
}
