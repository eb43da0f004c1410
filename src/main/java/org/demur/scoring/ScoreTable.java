package org.demur.scoring;

import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.demur.schema.Table;

/** The table {@code scores}: one verdict per completion. */
final class ScoreTable {
    private ScoreTable() {}

    static Dataset<Row> of(SparkSession spark, Dataset<Row> completions, PhraseJudge judge) {
        JavaRDD<Row> scored = completions
                .select(
                        "cell_id",
                        "set_name",
                        "prompt_id",
                        "method",
                        "feature_set",
                        "n_features",
                        "coefficient",
                        "completion",
                        "n_tokens",
                        "used_for_selection")
                .toJavaRDD()
                .map(row -> scored(row, judge));
        return spark.createDataFrame(scored, Table.SCORES.schema());
    }

    private static Row scored(Row row, PhraseJudge judge) {
        Verdict verdict = judge.verdict(row.getString(7));
        return RowFactory.create(
                row.get(0),
                row.get(1),
                row.get(2),
                row.get(3),
                row.get(4),
                row.get(5),
                row.get(6),
                verdict.refusedPrefix(),
                verdict.refusedAnywhere(),
                row.get(8),
                row.get(9));
    }
}
