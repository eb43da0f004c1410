package org.demur.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.demur.TestSpark;
import org.demur.engine.ForwardPlan;
import org.demur.engine.LanguageModel;
import org.demur.engine.ModelSpec;
import org.demur.engine.TokenSequence;
import org.demur.judge.FirstTokenJudge;
import org.demur.judge.JudgeSettings;
import org.demur.judge.NamedJudge;
import org.demur.judge.PhraseJudge;
import org.demur.judge.PhraseList;
import org.demur.losses.LossSettings;
import org.demur.refusal.NextToken;
import org.demur.refusal.RefusalTokens;
import org.demur.runtime.ModelRegistry;
import org.demur.runtime.ModelSource;
import org.demur.runtime.Progress;
import org.demur.runtime.RunSeed;
import org.demur.runtime.StageContext;
import org.demur.schema.Table;
import org.demur.table.Catalog;
import org.demur.table.RunId;
import org.demur.table.Warehouse;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole stage on the embedded model: base and direction ablation on three texts. */
class ScoreStageSparkTest {
    private static final String MODEL = "classpath:org/demur/embedded/demur-tiny-refuser.Q8_0.gguf";
    private static final int[][] TEXTS = {{1, 5, 9, 12, 20, 31}, {1, 7, 8, 40, 41}, {1, 3, 60, 61, 62, 63, 64, 65}};
    private static final int RESPONSE_START = 3;
    private static final NamedJudge JUDGE =
            new NamedJudge("normalised", PhraseJudge.of(PhraseList.NORMALISED, PhraseJudge.DEFAULT_PREFIX_CODE_POINTS));

    @TempDir
    static Path root;

    private static StageContext context;
    private static Map<String, Row> summary;

    @BeforeAll
    static void score() throws IOException {
        ModelSpec model;
        try (var bundle = ModelSource.open(MODEL)) {
            model = new ModelSpec(MODEL, bundle.digest(), 1);
        }
        SparkSession spark = TestSpark.session();
        Warehouse warehouse = new Warehouse(
                spark, new Catalog(root.toString(), spark.sparkContext().hadoopConfiguration()));
        Map<String, RunId> inputs = List.of("prompts", "train", "direction", "attribute", "sweep").stream()
                .collect(Collectors.toMap(stage -> stage, RunId::of));
        context = new StageContext(spark, warehouse, RunId.of("score"), inputs, model, new RunSeed(3), Progress.SILENT);
        inputs(ModelRegistry.model(model));
        LossSettings crossEntropy = new LossSettings(List.of("test"), 0, 64, 200, new LossSettings.Work(2, 256));
        new ScoreStage(new ScoreSettings(
                        new JudgeSettings(List.of(JUDGE, new NamedJudge("first", new FirstTokenJudge(0, 256)))),
                        new ScoreSettings.Fluency(true, 100, 256),
                        crossEntropy,
                        new ScoreSettings.RankingComparison(List.of("fstar"), 100)))
                .execute(context);
        summary = warehouse.read(Table.SWEEP_SUMMARY, context.run()).collectAsList().stream()
                .collect(Collectors.toMap(row -> row.getAs("method"), row -> row, (a, b) -> a, TreeMap::new));
    }

    @Test
    void theBaseCrossEntropyIsThatOfTheModel() {
        LanguageModel model = ModelRegistry.model(context.model());
        double nats = 0;
        int tokens = 0;
        for (int[] ids : TEXTS) {
            float[] nll_T1 = model.forward(
                            List.of(TokenSequence.plain(ids)),
                            ForwardPlan.nothing().withTokenNll())
                    .tokenNll(0);
            for (int t = RESPONSE_START; t < ids.length; t++) {
                nats += nll_T1[t - 1];
                tokens++;
            }
        }
        Row base = summary.get("none");
        assertThat(base.<Long>getAs("ce_tokens")).isEqualTo(tokens);
        assertThat(base.<Double>getAs("ce_base")).isCloseTo(nats / tokens, within(1e-4));
        assertThat(base.<Double>getAs("ce_change")).isCloseTo(0, within(1e-6));
    }

    @Test
    void anInterventionIsPairedWithTheSameBase() {
        Row ablated = summary.get("direction_ablation");
        assertThat(ablated.<Double>getAs("ce_base"))
                .isEqualTo(summary.get("none").<Double>getAs("ce_base"));
        assertThat(Math.abs(ablated.<Double>getAs("ce_change"))).isGreaterThan(1e-3);
        assertThat(ablated.<Double>getAs("ce_change"))
                .isBetween(ablated.<Double>getAs("ce_change_low"), ablated.<Double>getAs("ce_change_high"));
    }

    @Test
    void everyCompletionHasAScore() {
        assertThat(context.warehouse().manifest(Table.SCORES, context.run()).rows())
                .isEqualTo(6);
        assertThat(summary.get("none").<Double>getAs("refusal_prefix")).isEqualTo(1.0);
        assertThat(summary.get("direction_ablation").<Double>getAs("refusal_prefix"))
                .isZero();
        assertThat(summary.get("direction_ablation").<Double>getAs("mcnemar_p")).isCloseTo(0.25, within(1e-12));
    }

    @Test
    void theFirstTokenJudgeReadsTheModelUnderTheEdits() {
        List<Row> judgements = context.warehouse().read(Table.JUDGEMENTS, context.run()).collectAsList().stream()
                .filter(row -> row.getAs("judge").equals("first"))
                .toList();
        assertThat(judgements).hasSize(6);
        int[] tokens = {5};
        List<Double> expected = new ArrayList<>();
        for (int[] ids : TEXTS) {
            float[] logits_V = ModelRegistry.model(context.model())
                    .forward(
                            List.of(TokenSequence.plain(ids)),
                            ForwardPlan.nothing().withLastLogits())
                    .lastLogits(0);
            expected.add(RefusalTokens.score(NextToken.probabilities(logits_V), tokens));
        }
        List<Double> scores =
                judgements.stream().map(row -> row.<Double>getAs("score")).toList();
        assertThat(expected).allSatisfy(score -> assertThat(scores)
                .anySatisfy(found -> assertThat(found).isCloseTo(score, within(1e-3))));
        assertThat(scores).doesNotHaveDuplicates();
    }

    @Test
    void fluencyIsThatOfTheUneditedModelAfterThePrompt() {
        List<Row> fluency =
                context.warehouse().read(Table.FLUENCY, context.run()).collectAsList();
        assertThat(fluency).hasSize(6);
        for (Row row : fluency) {
            int[] ids = TEXTS[Integer.parseInt(row.<String>getAs("prompt_id").substring(1))];
            int[] whole = Arrays.copyOf(ids, ids.length + 1);
            whole[ids.length] = 1;
            float[] nll_T1 = ModelRegistry.model(context.model())
                    .forward(
                            List.of(TokenSequence.plain(whole)),
                            ForwardPlan.nothing().withTokenNll())
                    .tokenNll(0);
            assertThat(row.<Double>getAs("nats")).isCloseTo(nll_T1[ids.length - 1], within(1e-3));
            assertThat(row.<Double>getAs("distinct_1")).isEqualTo(1.0);
            assertThat(row.<Double>getAs("distinct_2")).isNull();
        }
        Row base = summary.get("none");
        assertThat(base.<Double>getAs("tokens")).isEqualTo(1.0);
        assertThat(base.<Double>getAs("nats")).isBetween(base.getAs("nats_low"), base.getAs("nats_high"));
        assertThat(base.<Double>getAs("english")).isEqualTo(1.0);
    }

    private static void inputs(LanguageModel model) throws IOException {
        List<Row> prompts = new ArrayList<>();
        List<Row> completions = new ArrayList<>();
        for (int p = 0; p < TEXTS.length; p++) {
            prompts.add(prompt("chat_response", "p" + p, TEXTS[p]));
            prompts.add(prompt("chat", "p" + p, TEXTS[p]));
            completions.add(completion("none", "p" + p, "I can't help with that."));
            completions.add(completion("direction_ablation", "p" + p, "Sure."));
        }
        publish(Table.PROMPTS, "prompts", prompts);
        publish(Table.COMPLETIONS, "sweep", completions);
        List<Row> directions = new ArrayList<>();
        List<Float> vector = new ArrayList<>(Collections.nCopies(model.config().dModel(), 0.1f));
        vector.set(0, 3f);
        for (int layer = 0; layer < model.config().nLayers(); layer++) {
            directions.add(row(
                    Table.DIRECTIONS,
                    Map.of(
                            "layer",
                            layer,
                            "position",
                            -1,
                            "status",
                            layer == 1 ? "selected" : "kept",
                            "vector",
                            vector,
                            "ablate_sites",
                            List.of("resid_post"),
                            "refusal_tokens",
                            List.of(5))));
        }
        publish(Table.DIRECTIONS, "direction", directions);
        publish(Table.FEATURE_SETS, "attribute", List.of());
        Path staged = context.warehouse().stageFiles("saes", context.input("train"));
        Files.writeString(staged.resolve("none.txt"), "no autoencoder");
        context.warehouse().publishFiles("saes", context.input("train"), staged);
    }

    private static Row prompt(String kind, String id, int[] tokens) {
        List<String> classes = new ArrayList<>(Collections.nCopies(tokens.length, "response"));
        Collections.fill(classes.subList(0, RESPONSE_START), "content");
        return row(
                Table.PROMPTS,
                Map.of(
                        "set_name",
                        "test",
                        "prompt_id",
                        id,
                        "kind",
                        kind,
                        "label",
                        "harmless",
                        "token_ids",
                        Arrays.stream(tokens).boxed().toList(),
                        "token_classes",
                        classes));
    }

    private static Row completion(String method, String prompt, String text) {
        return row(
                Table.COMPLETIONS,
                Map.of(
                        "cell_id",
                        "test/" + method,
                        "set_name",
                        "test",
                        "prompt_id",
                        prompt,
                        "method",
                        method,
                        "n_features",
                        0,
                        "completion",
                        text,
                        "token_ids",
                        List.of(1),
                        "n_tokens",
                        1,
                        "finish",
                        "stop"));
    }

    private static Row row(Table table, Map<String, Object> values) {
        return RowFactory.create(Arrays.stream(table.schema().fields())
                .map(StructField::name)
                .map(values::get)
                .toArray());
    }

    private static void publish(Table table, String stage, List<Row> rows) {
        context.warehouse()
                .publish(table, context.input(stage), TestSpark.session().createDataFrame(rows, table.schema()));
    }
}
