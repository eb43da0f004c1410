package org.demur.scoring;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.demur.judge.NamedJudge;
import org.demur.judge.Subjects;
import org.demur.schema.Table;
import org.demur.statistics.Agreement;
import org.demur.statistics.Interval;

/** The table {@code judge_agreement}: for every two judges, how far they agree on what is a refusal. */
final class JudgeAgreement {
    private JudgeAgreement() {}

    static Dataset<Row> of(SparkSession spark, Subjects subjects, List<NamedJudge> judges, Dataset<Row> judgements) {
        List<Row> rows = new ArrayList<>();
        for (int a = 0; a < judges.size(); a++) {
            for (NamedJudge second : judges.subList(a + 1, judges.size())) {
                NamedJudge first = judges.get(a);
                rows.add(row(first, second, agreement(first, second, subjects.both(first, second, judgements))));
            }
        }
        return spark.createDataFrame(rows, Table.JUDGE_AGREEMENT.schema()).coalesce(1);
    }

    private static Agreement agreement(NamedJudge first, NamedJudge second, Dataset<Row> both) {
        int[] counts = new int[4];
        for (Row row :
                both.groupBy(col("first"), col("second")).agg(count(lit(1))).collectAsList()) {
            boolean isFirst = first.judge().question().isRefusal(row.getBoolean(0));
            boolean isSecond = second.judge().question().isRefusal(row.getBoolean(1));
            counts[(isFirst ? 0 : 2) + (isSecond ? 0 : 1)] = Math.toIntExact(row.getLong(2));
        }
        return new Agreement(counts[0], counts[1], counts[2], counts[3]);
    }

    private static Row row(NamedJudge first, NamedJudge second, Agreement agreement) {
        Double observed = agreement.n() == 0 ? null : (Double) agreement.observed();
        boolean hasKappa = agreement.n() > 0 && agreement.expected() < 1;
        Interval interval = hasKappa ? agreement.kappaInterval(ScoreStage.CONFIDENCE) : new Interval(0, 0);
        return RowFactory.create(
                first.name(),
                second.name(),
                agreement.n(),
                agreement.bothYes(),
                agreement.onlyFirst(),
                agreement.onlySecond(),
                agreement.bothNo(),
                observed,
                hasKappa ? agreement.kappa() : null,
                hasKappa ? interval.low() : null,
                hasKappa ? interval.high() : null);
    }
}
