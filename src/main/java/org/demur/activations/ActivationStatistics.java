package org.demur.activations;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.demur.runtime.StageContext;
import org.demur.schema.Table;
import org.demur.schema.VectorDtype;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Computes the table {@code activation_stats} from the published {@code activations}. No number depends on how the
 * rows are spread over files: quantiles are exact, sums run in fixed point.
 */
final class ActivationStatistics {
    private static final String ALL = "all";
    private static final String OUTLIER_FACTOR = "10";

    private final StageContext context;
    private final Dataset<Row> activations;

    ActivationStatistics(StageContext context) {
        this.context = context;
        this.activations = context.warehouse().read(Table.ACTIVATIONS, context.run());
    }

    /** Layer, hook and token class of a row of the statistics. */
    private record Group(int layer, String hook, String tokenClass) implements Serializable, Comparable<Group> {
        @Override
        public int compareTo(Group other) {
            return Comparator.comparingInt(Group::layer)
                    .thenComparing(Group::hook)
                    .thenComparing(Group::tokenClass)
                    .compare(this, other);
        }
    }

    void publish() {
        Map<Group, VectorSum> sums = sums();
        List<Row> rows = new ArrayList<>();
        for (Row norms : norms().collectAsList()) {
            Group group = new Group(norms.getInt(0), norms.getString(1), norms.getString(2));
            List<Float> mean = new ArrayList<>();
            if (sums.containsKey(group)) {
                for (float value : sums.get(group).mean()) {
                    mean.add(value);
                }
            }
            rows.add(RowFactory.create(
                    group.layer(),
                    group.hook(),
                    group.tokenClass(),
                    norms.getLong(3),
                    norms.getDouble(4),
                    norms.getDouble(5),
                    norms.getDouble(6),
                    norms.getDouble(7),
                    norms.getDouble(8),
                    norms.getLong(9),
                    CollectionConverters.asScala(mean)));
        }
        context.warehouse()
                .publish(
                        Table.ACTIVATION_STATS,
                        context.run(),
                        context.spark().createDataFrame(rows, Table.ACTIVATION_STATS.schema()));
    }

    /** Everything that needs only the norms, by layer, hook and class. */
    private Dataset<Row> norms() {
        Dataset<Row> each = activations.select("layer", "hook", "token_class", "norm");
        Dataset<Row> medians =
                each.groupBy("layer", "hook").agg(expr("percentile(norm, 0.5)").as("layer_median"));
        return each.union(each.withColumn("token_class", lit(ALL)))
                .join(
                        medians,
                        CollectionConverters.asScala(List.of("layer", "hook")).toSeq())
                .groupBy("layer", "hook", "token_class")
                .agg(
                        count(lit(1)).as("n"),
                        // A decimal sum is exact; a sum of doubles would depend on the order of the rows.
                        avg(col("norm").cast("decimal(28,12)")).cast("double"),
                        expr("percentile(norm, 0.01)"),
                        expr("percentile(norm, 0.5)"),
                        expr("percentile(norm, 0.99)"),
                        max("norm").cast("double"),
                        sum(when(expr("norm > " + OUTLIER_FACTOR + " * layer_median"), 1L)
                                .otherwise(0L)))
                .orderBy("layer", "hook", "token_class");
    }

    private Map<Group, VectorSum> sums() {
        Map<Group, VectorSum> total = new HashMap<>();
        activations
                .where(col("vector").isNotNull())
                .select("layer", "hook", "token_class", "vector", "dtype", "dim")
                .toJavaRDD()
                .mapPartitions(ActivationStatistics::partitionSums)
                .collect()
                .forEach(partition -> partition.forEach((group, sum) -> {
                    total.merge(group, sum, VectorSum::plus);
                    Group all = new Group(group.layer(), group.hook(), ALL);
                    total.merge(all, sum, VectorSum::plus);
                }));
        return total;
    }

    private static Iterator<Map<Group, VectorSum>> partitionSums(Iterator<Row> rows) {
        Map<Group, VectorSum> sums = new HashMap<>();
        while (rows.hasNext()) {
            Row row = rows.next();
            Group group = new Group(row.getInt(0), row.getString(1), row.getString(2));
            float[] x_D = VectorDtype.of(row.getString(4)).decode(row.<byte[]>getAs(3));
            sums.computeIfAbsent(group, absent -> new VectorSum(x_D.length)).add(x_D);
        }
        return List.of(sums).iterator();
    }
}
