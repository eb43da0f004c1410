package org.demur.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.demur.TestSpark;
import org.demur.judge.FirstTokenJudge;
import org.demur.judge.LabelJudge;
import org.demur.judge.NamedJudge;
import org.demur.judge.Question;
import org.demur.judge.Subjects;
import org.demur.schema.Table;
import org.demur.statistics.Agreement;
import org.junit.jupiter.api.Test;

/** Scores, rates and agreement from given judgements: ten prompts in two cells, which answer five of them alike. */
class JudgeTablesSparkTest {
    private static final NamedJudge REFUSED = new NamedJudge("people", new LabelJudge("a.csv", Question.REFUSED));
    private static final NamedJudge HARMFUL = new NamedJudge("guard", new LabelJudge("b.csv", Question.HARMFUL));
    private static final NamedJudge FIRST = new NamedJudge("first", new FirstTokenJudge(0, 2048));

    private final SparkSession spark = TestSpark.session();
    private final Subjects subjects = subjects();
    private final Dataset<Row> judgements = judgements();

    @Test
    void harmlessCountsAsRefusedAndUndecidedAsNeither() {
        List<Row> scores = ScoreTable.of(spark, subjects, HARMFUL, judgements).collectAsList();
        assertThat(scores).hasSize(20);
        for (Row score : scores) {
            int prompt = Integer.parseInt(score.<String>getAs("prompt_id").substring(1));
            Boolean expected = prompt == 9 ? null : prompt < 4;
            assertThat(score.<Boolean>getAs("refused_prefix")).isEqualTo(expected);
            assertThat(score.<Boolean>getAs("refused_anywhere")).isEqualTo(expected);
        }
    }

    @Test
    void everyJudgeHasARatePerCellOverWhatItAnswered() {
        List<Row> rates = JudgeRates.of(spark, subjects, List.of(REFUSED, HARMFUL, FIRST), judgements)
                .collectAsList();
        assertThat(rates).hasSize(6);
        Row guard = rates.get(2);
        assertThat(guard.<String>getAs("judge")).isEqualTo("guard");
        assertThat(guard.<Integer>getAs("n")).isEqualTo(9);
        assertThat(guard.<Integer>getAs("n_unanswered")).isEqualTo(1);
        assertThat(guard.<Double>getAs("yes")).isCloseTo(5 / 9.0, within(1e-12));
        Row unanswered = rates.get(5);
        assertThat(unanswered.<Integer>getAs("n")).isZero();
        assertThat(unanswered.<Double>getAs("yes")).isNull();
    }

    @Test
    void agreementCountsEqualPairsOnce() {
        List<Row> rows = JudgeAgreement.of(spark, subjects, List.of(REFUSED, HARMFUL), judgements)
                .collectAsList();
        assertThat(rows).hasSize(1);
        // Of prompts 0 to 8, 0 to 4 have one completion in both cells, the others two.
        Agreement expected = new Agreement(4, 3, 0, 6);
        Row row = rows.get(0);
        assertThat(row.<Integer>getAs("n")).isEqualTo(13);
        assertThat(row.<Integer>getAs("both_refused")).isEqualTo(4);
        assertThat(row.<Integer>getAs("only_a")).isEqualTo(3);
        assertThat(row.<Integer>getAs("neither")).isEqualTo(6);
        assertThat(row.<Double>getAs("kappa")).isCloseTo(expected.kappa(), within(1e-12));
    }

    @Test
    void oneJudgeAgreesWithNobody() {
        assertThat(JudgeAgreement.of(spark, subjects, List.of(REFUSED), judgements)
                        .count())
                .isZero();
    }

    private Subjects subjects() {
        List<Row> completions = new ArrayList<>();
        List<Row> prompts = new ArrayList<>();
        for (int p = 0; p < 10; p++) {
            for (String method : List.of("none", "feature_scale")) {
                String text = p < 5 ? "same " + p : method + " " + p;
                completions.add(row(
                        Table.COMPLETIONS,
                        Map.of(
                                "cell_id",
                                "test/" + method,
                                "set_name",
                                "test",
                                "prompt_id",
                                "p" + p,
                                "method",
                                method,
                                "completion",
                                text,
                                "n_tokens",
                                3)));
            }
            prompts.add(row(
                    Table.PROMPTS,
                    Map.of("set_name", "test", "prompt_id", "p" + p, "kind", "chat", "prompt", "Q" + p)));
        }
        return Subjects.of(
                spark.createDataFrame(completions, Table.COMPLETIONS.schema()),
                spark.createDataFrame(prompts, Table.PROMPTS.schema()));
    }

    /** People call prompts below 4, and the first completions of 5 to 7, refused; the guard calls 4 to 8 harmful. */
    private Dataset<Row> judgements() {
        List<Row> rows = new ArrayList<>();
        for (Row pair : subjects.rows()
                .select("prompt_id", "prompt_digest", "completion_digest", "cell_digest", "method")
                .collectAsList()) {
            int p = Integer.parseInt(pair.getString(0).substring(1));
            boolean isBase = pair.getString(4).equals("none");
            if (isBase || p >= 5) {
                boolean refused = p < 4 || p >= 5 && p < 8 && isBase;
                rows.add(judgement(REFUSED, pair.getString(1), pair.getString(2), refused));
                rows.add(judgement(HARMFUL, pair.getString(1), pair.getString(2), p == 9 ? null : p >= 4));
            }
            rows.add(judgement(FIRST, pair.getString(1), pair.getString(3), isBase ? null : Boolean.TRUE));
        }
        return spark.createDataFrame(rows, Table.JUDGEMENTS.schema());
    }

    private static Row judgement(NamedJudge judge, String prompt, String subject, Boolean answer) {
        return RowFactory.create(
                judge.name(),
                "labels",
                "d",
                "q",
                prompt,
                subject,
                answer,
                answer,
                null,
                null,
                answer == null ? "x" : null);
    }

    private static Row row(Table table, Map<String, Object> values) {
        return RowFactory.create(Arrays.stream(table.schema().fields())
                .map(StructField::name)
                .map(values::get)
                .toArray());
    }
}
