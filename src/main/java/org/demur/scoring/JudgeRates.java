package org.demur.scoring;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.demur.judge.NamedJudge;
import org.demur.judge.Subjects;
import org.demur.schema.Table;

/** The table {@code judge_rates}: how often every judge says yes in every cell. */
final class JudgeRates {
    private JudgeRates() {}

    static Dataset<Row> of(SparkSession spark, Subjects subjects, List<NamedJudge> judges, Dataset<Row> judgements) {
        List<Row> rows = new ArrayList<>();
        for (NamedJudge judge : judges) {
            subjects.with(judge, judgements)
                    .groupBy("cell_id", "set_name")
                    .agg(count(lit(1)), count("answer"), yes("answer"), yes("answer_anywhere"))
                    .orderBy("cell_id")
                    .collectAsList()
                    .forEach(counts -> rows.add(row(judge, counts)));
        }
        return spark.createDataFrame(rows, Table.JUDGE_RATES.schema()).coalesce(1);
    }

    private static Column yes(String answer) {
        return coalesce(sum(col(answer).cast("int")), lit(0L));
    }

    private static Row row(NamedJudge judge, Row counts) {
        int n = Math.toIntExact(counts.getLong(3));
        Rate atStart = Rate.of(Math.toIntExact(counts.getLong(4)), n);
        Rate anywhere = Rate.of(Math.toIntExact(counts.getLong(5)), n);
        return RowFactory.create(
                judge.name(),
                counts.get(0),
                counts.get(1),
                judge.judge().question().sqlName(),
                n,
                Math.toIntExact(counts.getLong(2)) - n,
                atStart.rate(),
                atStart.low(),
                atStart.high(),
                anywhere.rate(),
                anywhere.low(),
                anywhere.high());
    }
}
