package org.demur.scoring;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.not;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.demur.judge.NamedJudge;
import org.demur.judge.Question;
import org.demur.judge.Subjects;
import org.demur.schema.Table;

/** The table {@code scores}: the first judge's verdict on every completion. */
final class ScoreTable {
    private ScoreTable() {}

    static Dataset<Row> of(SparkSession spark, Subjects subjects, NamedJudge judge, Dataset<Row> judgements) {
        Question question = judge.judge().question();
        Dataset<Row> scored = subjects.with(judge, judgements)
                .select(
                        col("cell_id"),
                        col("set_name"),
                        col("prompt_id"),
                        col("method"),
                        col("feature_set"),
                        col("n_features"),
                        col("coefficient"),
                        refused(question, "answer").as("refused_prefix"),
                        refused(question, "answer_anywhere").as("refused_anywhere"),
                        col("n_tokens"),
                        col("used_for_selection"),
                        col("intervention"))
                .orderBy("cell_id", "prompt_id")
                .coalesce(1);
        return spark.createDataFrame(scored.toJavaRDD(), Table.SCORES.schema());
    }

    private static Column refused(Question question, String answer) {
        return question.isRefusal(true) ? col(answer) : not(col(answer));
    }
}
