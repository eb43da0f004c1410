package org.demur.evaluation;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.udf;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF6;
import org.apache.spark.sql.types.DataTypes;
import org.demur.corpus.ExtractionFacts;
import org.demur.runtime.StageContext;
import org.demur.schema.Table;
import org.demur.table.Manifest;
import scala.Tuple2;

/**
 * Chooses activation rows of the kind that was trained on by a hash of their keys, and has them measured by layer and shard.
 */
final class RowSample {
    private final StageContext context;
    private final int rowsPerSplit;
    private final TrainedRows trained;

    RowSample(StageContext context, int rowsPerSplit, TrainedRows trained) {
        this.context = context;
        this.rowsPerSplit = rowsPerSplit;
        this.trained = trained;
    }

    /** Sums by layer over held-out rows and over rows trained on, added in the order of shards. */
    JavaPairRDD<Integer, SplitSums.Both> measure(ReconstructionTask task) {
        return sampled(task)
                .toJavaRDD()
                .mapToPair(row -> {
                    long order = task.order(row.getString(1), row.getString(2), row.getString(3), row.getInt(4));
                    boolean held = task.heldOut().contains(row.getString(1), row.getString(2));
                    SampledRow taken = new SampledRow(order, held, row.getAs(5), row.getString(6));
                    return new Tuple2<>(task.part(row.getInt(0), order), taken);
                })
                .partitionBy(new HashPartitioner(task.layers().size() * task.shards()))
                .mapPartitionsWithIndex((part, pairs) -> task.measure(part, new ValuesOf<>(pairs)), false)
                .mapToPair(part -> new Tuple2<>(task.layer(part), part))
                .groupByKey(task.layers().size())
                .mapValues(RowSample::sum);
    }

    private static SplitSums.Both sum(Iterable<ReconstructionTask.Part> parts) {
        List<ReconstructionTask.Part> sorted = new ArrayList<>();
        parts.forEach(sorted::add);
        sorted.sort(Comparator.comparingInt(ReconstructionTask.Part::part));
        return SplitSums.Both.of(
                sorted.stream().map(ReconstructionTask.Part::sums).toList());
    }

    /** Rows are chosen by their keys before their vectors are touched. */
    private Dataset<Row> sampled(ReconstructionTask task) {
        Dataset<Row> activations = context.warehouse().read(Table.ACTIVATIONS, context.input("extract"));
        long layers = activations.select("layer", "hook").distinct().count();
        Manifest manifest = context.warehouse().manifest(Table.ACTIVATIONS, context.input("extract"));
        double perLayer = (double) manifest.rows() / Math.max(1, layers);
        double heldShare = rowsPerSplit / (perLayer * task.heldOut().fraction());
        // Where only a sample of the vectors is stored, more of the keys have to be chosen for as many of them.
        double stored = ExtractionFacts.of(manifest.facts())
                .map(ExtractionFacts::storedShare)
                .orElse(1.0);
        double trainedShare = rowsPerSplit / (perLayer * (1 - task.heldOut().fraction()) * stored);
        Map<Integer, Double> largestNorms = trained.largestNorms();
        UDF6<Integer, Float, String, String, String, Integer, Boolean> chosen =
                (layer, norm, set, prompt, kind, position) -> {
                    double share = task.heldOut().contains(set, prompt) ? heldShare : trainedShare;
                    // The lowest bits of the hash choose the shard, the highest whether the row is in the sample.
                    double unit = (task.order(set, prompt, kind, position) >>> 11) * 0x1p-53;
                    return largestNorms.containsKey(layer) && norm <= largestNorms.get(layer) && unit < share;
                };
        return activations
                .where(col("layer").isin(task.layers().toArray()))
                .where(col("hook").equalTo(trained.hook()))
                .where(col("vector").isNotNull())
                .where(not(col("token_class").isin(trained.excludedClasses().toArray())))
                .where(udf(chosen, DataTypes.BooleanType)
                        .apply(
                                col("layer"),
                                col("norm"),
                                col("set_name"),
                                col("prompt_id"),
                                col("kind"),
                                col("position")))
                .select("layer", "set_name", "prompt_id", "kind", "position", "vector", "dtype");
    }
}
