package org.demur.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.demur.TinyStudy;
import org.demur.activations.ExtractSettings;
import org.demur.activations.ExtractStage;
import org.demur.corpus.ExtractionFacts;
import org.demur.evaluation.probe.Concept;
import org.demur.sae.FeatureCodes;
import org.demur.sae.Sae;
import org.demur.schema.Table;
import org.demur.schema.VectorDtype;
import org.demur.table.RunId;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stage on the embedded model and random dictionaries, compared with a computation over all rows at once. */
class EvaluateStageSparkTest {
    private static final List<Integer> LAYERS = List.of(2, 3);
    private static final int LAYER = 3;

    @TempDir
    static Path folder;

    private static TinyStudy study;
    private static RunId extracted;
    private static RunId run;
    private static int d;

    @BeforeAll
    static void evaluate() {
        study = new TinyStudy(
                folder,
                48,
                """
                extract { layers = [2, 3], shards = 2 }
                evaluate {
                  rows = 100000, loss-tokens = 200, divergence-tokens = 60, shards = 3
                  probe { test-fraction = 0.2, categories = 1, min-prompts = 3, ablated = [2], resamples = 50 }
                }
                """);
        extracted = study.run(new ExtractStage(
                ExtractSettings.from(study.section("extract"), List.of("harmful_train", "harmless_train"))));
        d = activations().first().getInt(2);
        RandomDictionaries.publish(study.warehouse(), LAYERS, d);
        study.input("train", RandomDictionaries.RUN);
        run = study.run(stage());
    }

    private static EvaluateStage stage() {
        return new EvaluateStage(EvaluateSettings.from(study.section("evaluate")));
    }

    private static Dataset<Row> activations() {
        return study.warehouse()
                .read(Table.ACTIVATIONS, extracted)
                .where("layer = " + LAYER)
                .where("token_class NOT IN ('bos', 'pad', 'system')")
                .select("vector", "dtype", "dim", "set_name", "prompt_id");
    }

    private static Row metrics(boolean heldOut) {
        return study.warehouse()
                .read(Table.SAE_METRICS, run)
                .where("layer = " + LAYER + " AND held_out = " + heldOut)
                .collectAsList()
                .get(0);
    }

    /** Every row of a split as one matrix. */
    private static float[] rows(boolean heldOut) {
        List<Row> rows = activations().collectAsList().stream()
                .filter(row -> RandomDictionaries.HELD_OUT.contains(row.getString(3), row.getString(4)) == heldOut)
                .toList();
        float[] x_ND = new float[rows.size() * d];
        for (int i = 0; i < rows.size(); i++) {
            VectorDtype.of(rows.get(i).getString(1)).decode(rows.get(i).getAs(0), x_ND, i * d);
        }
        return x_ND;
    }

    private static double fvu(float[] x_ND, float[] xHat_ND) {
        int n = x_ND.length / d;
        double error = 0;
        double variance = 0;
        for (int c = 0; c < d; c++) {
            int column = c;
            double mean = IntStream.range(0, n)
                    .mapToDouble(i -> x_ND[i * d + column])
                    .average()
                    .orElseThrow();
            for (int i = 0; i < n; i++) {
                error += Math.pow(x_ND[i * d + c] - xHat_ND[i * d + c], 2);
                variance += Math.pow(x_ND[i * d + c] - mean, 2);
            }
        }
        return error / variance;
    }

    @Test
    void figuresAreThoseOfAllRowsAtOnce() {
        Sae sae = RandomDictionaries.make(LAYER, d);
        for (boolean heldOut : new boolean[] {true, false}) {
            float[] x_ND = rows(heldOut);
            int n = x_ND.length / d;
            FeatureCodes codes = sae.encode(x_ND, n);
            float[] xHat_ND = new float[x_ND.length];
            sae.decode(codes, x_ND, xHat_ND);
            Row row = metrics(heldOut);
            assertThat(row.<Long>getAs("rows")).isEqualTo(n).isGreaterThan(100);
            assertThat(row.<Double>getAs("fvu")).isCloseTo(fvu(x_ND, xHat_ND), within(1e-4));
            assertThat(row.<Double>getAs("explained_variance")).isCloseTo(1 - fvu(x_ND, xHat_ND), within(1e-4));
            assertThat(row.<Double>getAs("l0")).isCloseTo((double) codes.active() / n, within(1e-3));
        }
    }

    @Test
    void everyFeatureHasItsDensityOnHeldOutRows() {
        float[] x_ND = rows(true);
        int n = x_ND.length / d;
        FeatureCodes codes = RandomDictionaries.make(LAYER, d).encode(x_ND, n);
        long[] active = new long[RandomDictionaries.FEATURES];
        for (int i = 0; i < codes.active(); i++) {
            active[codes.indices()[i]]++;
        }
        Dataset<Row> features = study.warehouse().read(Table.FEATURES, run);
        List<Row> rows = features.where("layer = " + LAYER).orderBy("feature").collectAsList();

        assertThat(features.count()).isEqualTo((long) LAYERS.size() * RandomDictionaries.FEATURES);
        for (int j = 0; j < active.length; j++) {
            // Rows of nearly equal pre-activations may fall either way with another order of summation.
            assertThat(rows.get(j).<Long>getAs("active_rows")).isCloseTo(active[j], within(2L));
            assertThat(rows.get(j).isNullAt(rows.get(j).fieldIndex("mean_active")))
                    .isEqualTo(rows.get(j).<Long>getAs("active_rows") == 0);
        }
        double silent =
                rows.stream().filter(row -> row.<Long>getAs("active_rows") == 0).count();
        assertThat(metrics(true).<Double>getAs("dead_fraction")).isEqualTo(silent / active.length);
    }

    @Test
    void distributionsCountEveryRowAndEveryFeature() {
        List<Row> totals = study.warehouse()
                .read(Table.SAE_DISTRIBUTIONS, run)
                .where("layer = " + LAYER)
                .groupBy("quantity")
                .agg(functions.sum("count"))
                .orderBy("quantity")
                .collectAsList();
        long features = RandomDictionaries.FEATURES;
        assertThat(totals.stream().map(row -> row.getString(0) + " " + row.getLong(1)))
                .containsExactly(
                        "encoder_decoder_cosine " + features,
                        "l0 " + metrics(true).<Long>getAs("rows"),
                        "log10_density " + features,
                        "max_decoder_cosine " + features);
    }

    @Test
    void predictionsAreMeasuredOnHeldOutTextsAlone() {
        Row heldOut = metrics(true);
        assertThat(heldOut.<Long>getAs("ce_tokens")).isGreaterThan(100);
        assertThat(heldOut.<Long>getAs("kl_tokens"))
                .isGreaterThanOrEqualTo(60)
                .isLessThan(heldOut.<Long>getAs("ce_tokens"));
        for (String column : List.of("ce_spliced", "ce_mean_ablated", "ce_zero_ablated")) {
            assertThat(heldOut.<Double>getAs(column)).isGreaterThan(heldOut.<Double>getAs("ce_clean"));
        }
        for (String column : List.of("kl_spliced", "kl_mean_ablated", "kl_zero_ablated")) {
            assertThat(heldOut.<Double>getAs(column)).isPositive();
        }
        assertThat(metrics(false).isNullAt(heldOut.fieldIndex("ce_clean"))).isTrue();
    }

    @Test
    void probesTellHarmfulFromHarmlessPromptsThatTheDictionariesNeverSaw() {
        Dataset<Row> probes = study.warehouse().read(Table.SAE_PROBES, run).where("layer = " + LAYER);
        Row whole = probes.where("concept = 'harmful' AND representation = 'residual'")
                .head();
        long heldOut =
                study.warehouse().read(Table.PROMPTS, promptsRun()).where("kind = 'chat'").collectAsList().stream()
                        .filter(row ->
                                List.of("harmful_train", "harmless_train").contains(row.<String>getAs("set_name")))
                        .filter(row ->
                                RandomDictionaries.HELD_OUT.contains(row.getAs("set_name"), row.getAs("prompt_id")))
                        .count();

        assertThat(whole.<Integer>getAs("n")).isBetween((int) heldOut / 2, 96);
        assertThat(whole.<Double>getAs("low")).isGreaterThan(0.5);
        assertThat(whole.<Double>getAs("control_value")).isBetween(0.15, 0.85);
        assertThat(probes.select("metric").distinct().collectAsList().stream().map(row -> row.getString(0)))
                .contains("probe_accuracy", "absorption_rate", "absorption_fraction", "probe_drop");
        assertThat(probes.where("low > value OR value > high OR (value IS NULL AND n > 0)")
                        .count())
                .isZero();
    }

    @Test
    void probesAreTestedOnOtherPromptsThanTheyAreTrainedOnAndFirstOnHeldOutOnes() {
        ProbeSample.Chosen chosen = choose();
        for (Concept concept : chosen.concepts()) {
            assertThat(concept.train().prompts()).doesNotContain(concept.test().prompts());
            assertThat(concept.train().positives() * 2)
                    .isEqualTo(concept.train().size());
            assertThat(concept.test().positives() * 2).isEqualTo(concept.test().size());
        }
        int[] trained = chosen.concepts().get(0).train().prompts();
        chosen.numbers().forEach((key, number) -> {
            if (Arrays.stream(trained).anyMatch(prompt -> prompt == number)) {
                assertThat(isHeldOut(key)).isFalse();
            }
        });
    }

    /** Prompts of which only some vectors are stored would be other means on one side of the split. */
    @Test
    void whereASampleOfTheVectorsIsStoredProbesKeepToHeldOutPrompts() {
        RunId partial = RunId.of("partial");
        study.warehouse()
                .publish(
                        Table.ACTIVATIONS,
                        partial,
                        study.warehouse().read(Table.ACTIVATIONS, extracted).where("position = 20"),
                        new ExtractionFacts("r0123456789ab", List.of("harmful_train"), 8, 2048, 0.25).facts());
        study.input("extract", partial);
        ProbeSample.Chosen chosen = choose();
        study.input("extract", extracted);

        assertThat(chosen.concepts().get(0).train().size()).isPositive();
        assertThat(chosen.numbers().keySet())
                .allSatisfy(key -> assertThat(isHeldOut(key)).isTrue());
    }

    private static ProbeSample.Chosen choose() {
        return new ProbeSample(
                        study.context(run),
                        EvaluateSettings.from(study.section("evaluate")).probe(),
                        RandomDictionaries.HELD_OUT)
                .choose();
    }

    private static boolean isHeldOut(String key) {
        String[] parts = key.split("\n");
        return RandomDictionaries.HELD_OUT.contains(parts[0], parts[1]);
    }

    private static RunId promptsRun() {
        return study.context(run).input("prompts");
    }

    /** Another layout of the same rows in files, and so other tasks that read them. */
    @Test
    void resultsDoNotDependOnHowRowsAreSpreadOverTasks() {
        RunId spread = RunId.of("spread");
        Dataset<Row> rows = study.warehouse().read(Table.ACTIVATIONS, extracted).repartition(7);
        study.warehouse().publish(Table.ACTIVATIONS, spread, rows);
        study.warehouse()
                .publish(Table.ACTIVATION_STATS, spread, study.warehouse().read(Table.ACTIVATION_STATS, extracted));
        study.input("extract", spread);
        RunId again = RunId.of("evaluated again");
        stage().execute(study.context(again));
        study.input("extract", extracted);

        for (Table table : List.of(Table.SAE_METRICS, Table.FEATURES, Table.SAE_DISTRIBUTIONS, Table.SAE_PROBES)) {
            assertThat(study.warehouse().manifest(table, again).contentDigest())
                    .as(table.sqlName())
                    .isEqualTo(study.warehouse().manifest(table, run).contentDigest());
        }
    }
}
