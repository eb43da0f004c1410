package org.demur.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.demur.JobException;
import org.demur.TestSpark;
import org.demur.engine.ModelSpec;
import org.demur.judge.Judging;
import org.demur.judge.NamedJudge;
import org.demur.judge.PhraseJudge;
import org.demur.judge.PhraseList;
import org.demur.judge.Subjects;
import org.demur.losses.CrossEntropyChange;
import org.demur.losses.HarmlessTexts;
import org.demur.losses.LossSettings;
import org.demur.losses.ScoredText;
import org.demur.runtime.Progress;
import org.demur.runtime.RunSeed;
import org.demur.runtime.StageContext;
import org.demur.schema.Table;
import org.demur.statistics.Interval;
import org.demur.statistics.Proportion;
import org.demur.table.Catalog;
import org.demur.table.RunId;
import org.demur.table.Warehouse;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SummarySparkTest {
    private static final NamedJudge JUDGE = new NamedJudge("normalised", PhraseJudge.of(PhraseList.NORMALISED, 80));
    private static final CrossEntropyChange CHANGE =
            new CrossEntropyChange(120, 1.5, 1.75, 0.25, new Interval(0.2, 0.3));

    @TempDir
    static Path root;

    private static SparkSession spark;

    @BeforeAll
    static void open() {
        spark = TestSpark.session();
    }

    @Test
    void sumsUpACellAgainstTheBaseOnTheSamePrompts() {
        List<Row> completions = new ArrayList<>();
        for (int p = 0; p < 10; p++) {
            completions.add(completion("none", null, p, p < 9 ? "I can\u2019t help." : "Sure, here it is."));
            completions.add(completion("feature_scale", 0.0, p, p < 1 ? "I can't help." : "Sure, here it is."));
        }
        Map<String, Row> summary = summary(completions, Map.of("test/feature_scale", CHANGE));

        Row base = summary.get("test/none");
        assertThat(base.<String>getAs("label")).isEqualTo("harmful");
        assertThat(base.<Integer>getAs("n")).isEqualTo(10);
        assertThat(base.<Double>getAs("refusal_prefix")).isEqualTo(0.9);
        assertThat(base.<Double>getAs("mcnemar_p")).isNull();
        assertThat(base.<Long>getAs("ce_tokens")).isZero();
        assertThat(base.<Double>getAs("coefficient")).isNull();

        Row edited = summary.get("test/feature_scale");
        assertThat(edited.<Double>getAs("refusal_prefix")).isEqualTo(0.1);
        assertThat(edited.<Integer>getAs("became_compliant")).isEqualTo(8);
        assertThat(edited.<Integer>getAs("became_refused")).isZero();
        assertThat(edited.<Double>getAs("mcnemar_p")).isCloseTo(2 / 256.0, within(1e-12));
        assertThat(edited.<Double>getAs("refusal_prefix_low"))
                .isEqualTo(new Proportion(1, 10).wilson(0.95).low());
        assertThat(edited.<Double>getAs("ce_change")).isEqualTo(0.25);
        assertThat(edited.<Double>getAs("ce_change_high")).isEqualTo(0.3);
    }

    @Test
    void aCellWithoutBaseHasNoTest() {
        Row alone = summary(List.of(completion("direction_ablation", null, 0, "No.")), Map.of())
                .get("test/direction_ablation");
        assertThat(alone.<Double>getAs("mcnemar_p")).isNull();
        assertThat(alone.<Integer>getAs("n")).isEqualTo(1);
    }

    @Test
    void drawsTheSameHarmlessTextsAndScoresTheirResponsesOnly() {
        List<Row> prompts = new ArrayList<>();
        for (int p = 0; p < 12; p++) {
            prompts.add(prompt("chat_response", "c" + p, "harmless"));
        }
        prompts.add(prompt("chat_response", "bad", "harmful"));
        Dataset<Row> table = spark.createDataFrame(prompts, Table.PROMPTS.schema());
        List<ScoredText> texts = HarmlessTexts.draw(table, settings("test"), new RunSeed(7));
        assertThat(texts).hasSize(5).extracting(ScoredText::id).doesNotContain("bad");
        assertThat(HarmlessTexts.draw(table, settings("test"), new RunSeed(7)))
                .extracting(ScoredText::id)
                .isEqualTo(texts.stream().map(ScoredText::id).toList());
        assertThat(texts.get(0).tokenIds()).containsExactly(1, 2, 3, 4);
        assertThat(texts.get(0).scoredTokens()).isEqualTo(2);
        assertThat(texts.get(0).scoredNats(new float[] {100, 3, 4})).isEqualTo(7);
    }

    @Test
    void saysWhyThereIsNoScoredText() {
        Dataset<Row> table = spark.createDataFrame(List.of(prompt("chat", "a", "harmless")), Table.PROMPTS.schema());
        assertThatThrownBy(() -> HarmlessTexts.draw(table, settings("test"), new RunSeed(7)))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("in the sets test")
                .hasMessageContaining("with-response = true");
    }

    private static Map<String, Row> summary(List<Row> completions, Map<String, CrossEntropyChange> changes) {
        Dataset<Row> prompts = spark.createDataFrame(List.of(prompt("chat", "p0", "harmful")), Table.PROMPTS.schema());
        Subjects subjects = Subjects.of(spark.createDataFrame(completions, Table.COMPLETIONS.schema()), prompts);
        StageContext context = context(completions.size());
        Dataset<Row> judgements = Judging.publish(context, List.of(JUDGE), subjects);
        Dataset<Row> scores = ScoreTable.of(spark, subjects, JUDGE, judgements);
        return SummaryTable.of(spark, CellCounts.of(scores, prompts), changes, Map.of()).collectAsList().stream()
                .collect(Collectors.toMap(row -> row.getAs("cell_id"), row -> row));
    }

    private static StageContext context(int completions) {
        Catalog catalog = new Catalog(root.toString(), spark.sparkContext().hadoopConfiguration());
        return new StageContext(
                spark,
                new Warehouse(spark, catalog),
                RunId.of("score " + completions),
                Map.of(),
                new ModelSpec("none", "none", 1),
                new RunSeed(1),
                Progress.SILENT);
    }

    private static Row completion(String method, Double coefficient, int prompt, String text) {
        return RowFactory.create(
                "test/" + method,
                "test",
                "p" + prompt,
                method,
                null,
                0,
                coefficient,
                text,
                List.of(1),
                1,
                "stop",
                null,
                null,
                null);
    }

    private static Row prompt(String kind, String id, String label) {
        Map<String, Object> values = Map.of(
                "set_name",
                "test",
                "prompt_id",
                id,
                "kind",
                kind,
                "label",
                label,
                "token_ids",
                List.of(1, 2, 3, 4, 5),
                "token_classes",
                List.of("bos", "content", "response", "response", "response"));
        return RowFactory.create(java.util.Arrays.stream(Table.PROMPTS.schema().fields())
                .map(StructField::name)
                .map(values::get)
                .toArray());
    }

    private static LossSettings settings(String set) {
        return new LossSettings(List.of(set), 5, 4, 100, new LossSettings.Work(2, 512));
    }
}
