package org.demur.scoring;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import java.util.List;
import java.util.Objects;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.demur.statistics.DiscordantPairs;

/**
 * Verdicts of one cell, counted.
 *
 * @param cell the columns cell_id, set_name, label, method, feature_set, n_features, coefficient; label is null for a
 *     set whose prompts differ in it
 * @param n prompts with a verdict
 * @param refusedPrefix how many the prefix rule calls refused
 * @param refusedAnywhere how many the anywhere rule calls refused
 * @param paired how many of them have a completion without intervention to compare with
 * @param changed those that changed by the prefix rule
 * @param usedForSelection whether any of the prompts served selection
 * @param intervention what was done, as JSON
 */
record CellCounts(
        Row cell,
        int n,
        int refusedPrefix,
        int refusedAnywhere,
        int paired,
        DiscordantPairs changed,
        boolean usedForSelection,
        String intervention) {

    /** Counts of every cell, in the order of cell ids. */
    static List<CellCounts> of(Dataset<Row> scores, Dataset<Row> prompts) {
        Dataset<Row> base = scores.where(
                        col("method").equalTo("none").and(col("refused_prefix").isNotNull()))
                .select(col("set_name"), col("prompt_id"), col("refused_prefix").as("base_refused"));
        Column refused = col("refused_prefix");
        Column baseRefused = coalesce(col("base_refused"), refused);
        return scores
                .join(base, new String[] {"set_name", "prompt_id"}, "left")
                .join(labels(prompts), "set_name")
                .groupBy("cell_id", "set_name", "label", "method", "feature_set", "n_features", "coefficient")
                .agg(
                        count(refused),
                        number(refused),
                        number(col("refused_anywhere")),
                        count(when(refused.isNotNull(), col("base_refused"))),
                        number(refused.and(baseRefused.equalTo(false))),
                        number(refused.equalTo(false).and(baseRefused)),
                        max("used_for_selection"),
                        max("intervention"))
                .orderBy("cell_id")
                .collectAsList()
                .stream()
                .map(row -> new CellCounts(
                        row,
                        number(row, 7),
                        number(row, 8),
                        number(row, 9),
                        number(row, 10),
                        pairs(row),
                        !row.isNullAt(13) && row.getBoolean(13),
                        Objects.toString(row.get(14), "")))
                .toList();
    }

    private static Dataset<Row> labels(Dataset<Row> prompts) {
        return prompts.groupBy("set_name")
                .agg(when(min("label").equalTo(max("label")), max("label")).as("label"));
    }

    private static Column number(Column condition) {
        return coalesce(sum(condition.cast("int")), lit(0L));
    }

    private static int number(Row row, int column) {
        return Math.toIntExact(row.getLong(column));
    }

    private static DiscordantPairs pairs(Row row) {
        return new DiscordantPairs(number(row, 11), number(row, 12));
    }
}
