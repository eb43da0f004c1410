package org.demur.judge;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.sha2;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Completions with the digests by which judgements are found.
 *
 * @param rows the columns of {@code completions}, then prompt, prompt_digest, completion_digest and cell_digest
 */
public record Subjects(Dataset<Row> rows) {
    private static final int BITS = 256;

    /** Every completion with the user's text that it answers. */
    public static Subjects of(Dataset<Row> completions, Dataset<Row> prompts) {
        Dataset<Row> texts = prompts.where(col("kind").notEqual("text"))
                .groupBy("set_name", "prompt_id")
                .agg(max("prompt").as("prompt"));
        return new Subjects(completions
                .join(texts, new String[] {"set_name", "prompt_id"}, "left")
                .withColumn("prompt", coalesce(col("prompt"), lit("")))
                .withColumn("prompt_digest", sha2(col("prompt"), BITS))
                .withColumn("completion_digest", sha2(col("completion"), BITS))
                .withColumn("cell_digest", sha2(concat_ws("\n", col("cell_id"), col("prompt_id")), BITS)));
    }

    /** Every pair of prompt and completion once: prompt_digest, completion_digest, prompt, completion. */
    Dataset<Row> texts() {
        return rows.select("prompt_digest", "completion_digest", "prompt", "completion")
                .dropDuplicates("prompt_digest", "completion_digest");
    }

    /** Completions with an answer of both judges, those of equal subjects once: columns {@code first, second}. */
    public Dataset<Row> both(NamedJudge first, NamedJudge second, Dataset<Row> judgements) {
        String firstSubject = first.judge().subject().column();
        String secondSubject = second.judge().subject().column();
        return new Subjects(with(first, judgements)
                        .select(
                                col("prompt_digest"),
                                col("completion_digest"),
                                col("cell_digest"),
                                col("answer").as("first")))
                .with(second, judgements)
                .select(
                        col("prompt_digest"),
                        col(firstSubject),
                        col(secondSubject),
                        col("first"),
                        col("answer").as("second"))
                .where(col("first").isNotNull().and(col("second").isNotNull()))
                .dropDuplicates("prompt_digest", firstSubject, secondSubject);
    }

    /** The completions, each with its judgement: all columns, then those of {@code judgements}. */
    public Dataset<Row> with(NamedJudge judge, Dataset<Row> judgements) {
        Dataset<Row> own = judgements
                .where(col("judge").equalTo(judge.name()))
                .withColumnRenamed("subject_digest", judge.judge().subject().column());
        return rows.join(
                own, new String[] {"prompt_digest", judge.judge().subject().column()}, "left");
    }
}
