package org.demur.tuning;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.demur.judge.PhraseJudge;

/** Whether the answer to a prompt in a cell is a refusal. */
record AnswerVerdict(String cellId, String promptId, boolean refused) implements Serializable {

    /** The judge's verdict by the start of each completion, judged where the rows lie. */
    static List<AnswerVerdict> of(Dataset<Row> completions, PhraseJudge judge) {
        return completions
                .select("cell_id", "prompt_id", "completion")
                .toJavaRDD()
                .map(row -> new AnswerVerdict(
                        row.getString(0),
                        row.getString(1),
                        judge.verdict(row.getString(2)).refusedPrefix()))
                .collect();
    }
}
