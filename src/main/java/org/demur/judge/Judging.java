package org.demur.judge;

import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.demur.runtime.StageContext;
import org.demur.schema.Table;

/** Lets every judge of a study judge every completion, and publishes {@code judgements}. */
public final class Judging {
    private Judging() {}

    /** The published judgements. A restart that finds them published judges nothing. */
    public static Dataset<Row> publish(StageContext context, List<NamedJudge> judges, Subjects subjects) {
        if (!context.warehouse().isPublished(Table.JUDGEMENTS, context.run())) {
            Dataset<Row> rows = judges.stream()
                    .map(judge -> rows(context, judge, subjects))
                    .reduce(Dataset::union)
                    .orElseThrow();
            context.warehouse()
                    .publish(
                            Table.JUDGEMENTS,
                            context.run(),
                            rows.orderBy("judge", "prompt_digest", "subject_digest")
                                    .coalesce(1));
        }
        return context.warehouse().read(Table.JUDGEMENTS, context.run());
    }

    private static Dataset<Row> rows(StageContext context, NamedJudge judge, Subjects subjects) {
        JudgingSession session = new JudgingSession(context, subjects, judge.digest());
        JavaRDD<Row> rows = judge.judge().judge(session).map(judgement -> judgement.row(judge));
        return context.spark().createDataFrame(rows, Table.JUDGEMENTS.schema());
    }
}
