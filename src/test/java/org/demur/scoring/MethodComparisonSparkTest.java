package org.demur.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructField;
import org.assertj.core.data.Offset;
import org.demur.TestSpark;
import org.demur.schema.Table;
import org.demur.statistics.Bootstrap;
import org.junit.jupiter.api.Test;

/** Two rankings, two random sets and an ablation on twelve prompts, with every figure worked out by hand. */
class MethodComparisonSparkTest {
    private static final int PROMPTS = 12;
    private static final Offset<Double> TIGHT = within(1e-12);

    /** p of twelve differences of one sign: both of 4096 patterns. */
    private static final double ALL_ONE_WAY = 2 / 4096.0;

    private final List<Row> scores = new ArrayList<>();
    private final List<Row> summary = new ArrayList<>();

    private void cell(String featureSet, int size, double coefficient, Double ceChange, IntPredicate refused) {
        Map<String, Object> cell = new HashMap<>();
        boolean isFeatures = featureSet != null;
        cell.put(
                "cell_id",
                isFeatures ? "t/feature_scale/" + featureSet + "/" + size + "/" + coefficient : "t/direction_ablation");
        cell.put("set_name", "t");
        cell.put("label", "harmful");
        cell.put("method", isFeatures ? "feature_scale" : "direction_ablation");
        cell.put("feature_set", featureSet);
        cell.put("n_features", size);
        cell.put("coefficient", isFeatures ? coefficient : null);
        cell.put("ce_change", ceChange);
        cell.put("used_for_selection", "cs".equals(featureSet));
        summary.add(row(Table.SWEEP_SUMMARY, cell));
        for (int p = 0; p < PROMPTS; p++) {
            Map<String, Object> score = new HashMap<>(cell);
            score.put("prompt_id", "p" + p);
            score.put("refused_prefix", refused.test(p));
            scores.add(row(Table.SCORES, score));
        }
    }

    private static Row row(Table table, Map<String, Object> values) {
        return RowFactory.create(Arrays.stream(table.schema().fields())
                .map(StructField::name)
                .map(values::get)
                .toArray());
    }

    private void study() {
        cell(null, 0, 0, 0.004, p -> false);
        cell("fstar", 1, 0, 0.01, p -> p < 4);
        cell("fstar", 5, 0, 0.03, p -> false);
        cell("cs", 1, 0, null, p -> true);
        cell("cs", 5, 0, 0.02, p -> p < 6);
        cell("random_0", 1, 0, 0.0, p -> true);
        cell("random_0", 5, 0, 0.0, p -> true);
        cell("random_1", 1, 0, 0.0, p -> true);
        cell("random_1", 5, 0, 0.0, p -> p > 0);
        cell("fstar", 1, -1, 0.05, p -> false);
        cell("fstar", 2, -1, 0.05, p -> false);
        cell("cs", 1, -1, 0.05, p -> true);
    }

    private List<Row> compared() {
        return compared(List.of("fstar"));
    }

    private List<Row> compared(List<String> references) {
        Dataset<Row> judged = TestSpark.session().createDataFrame(scores, Table.SCORES.schema());
        Dataset<Row> cells = TestSpark.session().createDataFrame(summary, Table.SWEEP_SUMMARY.schema());
        return new MethodComparison(references, new Bootstrap(500, 0.95, 3))
                .of(TestSpark.session(), JudgedCell.read(judged, cells))
                .collectAsList();
    }

    private static Row find(List<Row> rows, String condition, String ranking, String other) {
        return rows.stream()
                .filter(row -> row.getAs("condition").equals(condition)
                        && row.getAs("ranking").equals(ranking)
                        && row.getAs("other").equals(other))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void everyPairIsComparedOnceWithinItsCondition() {
        study();

        assertThat(compared())
                .extracting(row -> row.getAs("condition") + " " + row.getAs("ranking") + " " + row.getAs("other"))
                .containsExactlyInAnyOrder(
                        "t/feature_scale/-1.0 fstar cs",
                        "t/feature_scale/-1.0 fstar direction_ablation",
                        "t/feature_scale/-1.0 cs direction_ablation",
                        "t/feature_scale/0.0 fstar cs",
                        "t/feature_scale/0.0 cs random",
                        "t/feature_scale/0.0 cs direction_ablation",
                        "t/feature_scale/0.0 fstar random",
                        "t/feature_scale/0.0 fstar direction_ablation",
                        "t/feature_scale/0.0 random direction_ablation");
    }

    @Test
    void everyReferenceIsComparedWithTheOthersAndTwoOfThemOnce() {
        cell("fstar", 1, 0, 0.0, p -> p < 4);
        cell("cs", 1, 0, 0.0, p -> true);
        cell("ap", 1, 0, 0.0, p -> p < 6);

        assertThat(compared(List.of("fstar", "ap", "absent")))
                .extracting(row -> row.getAs("ranking") + " " + row.getAs("other"))
                .containsExactlyInAnyOrder("fstar cs", "fstar ap", "ap cs");
    }

    @Test
    void areasAreMeansOverSizesAndPrompts() {
        study();

        Row row = find(compared(), "t/feature_scale/0.0", "fstar", "cs");

        assertThat(row.<Double>getAs("area")).isCloseTo(4 / 24.0, TIGHT);
        assertThat(row.<Double>getAs("other_area")).isCloseTo(18 / 24.0, TIGHT);
        assertThat(row.<Double>getAs("difference")).isCloseTo(-14 / 24.0, TIGHT);
        assertThat(row.<Double>getAs("difference_low")).isLessThan(-14 / 24.0);
        assertThat(row.<Double>getAs("difference_high")).isBetween(-14 / 24.0, -0.5);
        assertThat(row.<Integer>getAs("n")).isEqualTo(PROMPTS);
        assertThat(row.<Object>getList(7)).containsExactly(1, 5);
        assertThat(row.<Double>getAs("ce_change")).isCloseTo(0.02, TIGHT);
        assertThat(row.<Double>getAs("other_ce_change")).isNull();
        assertThat(row.<Boolean>getAs("used_for_selection")).isTrue();
        // Ten differences of -1/2 and two of -1: mean -7/12, variance 5/132.
        assertThat(row.<Double>getAs("cohen_d")).isCloseTo(-7 / 12.0 / Math.sqrt(5 / 132.0), within(1e-9));
    }

    @Test
    void randomSetsArePooledByPrompt() {
        study();

        Row row = find(compared(), "t/feature_scale/0.0", "cs", "random");

        assertThat(row.<Integer>getAs("other_draws")).isEqualTo(2);
        assertThat(row.<Double>getAs("other_area")).isCloseTo(47 / 48.0, TIGHT);
        // +1/4 for one prompt and -1/2 for six: of 128 patterns only those with the six alike reach it.
        assertThat(row.<Double>getAs("p")).isCloseTo(4 / 128.0, TIGHT);
        assertThat(row.<Boolean>getAs("used_for_selection")).isTrue();
    }

    @Test
    void onlySizesOfBothSidesCount() {
        study();

        Row row = find(compared(), "t/feature_scale/-1.0", "fstar", "cs");

        assertThat(row.<Object>getList(7)).containsExactly(1);
        assertThat(row.<Double>getAs("difference")).isEqualTo(-1);
        assertThat(row.<Double>getAs("cohen_d")).isNull();
    }

    @Test
    void holmCorrectsWithinAConditionAndOverTheTable() {
        study();
        List<Row> rows = compared();

        Row strong = find(rows, "t/feature_scale/0.0", "fstar", "random");
        assertThat(strong.<Double>getAs("p")).isCloseTo(ALL_ONE_WAY, TIGHT);
        assertThat(strong.<Double>getAs("p_holm_condition")).isCloseTo(6 * ALL_ONE_WAY, TIGHT);
        assertThat(strong.<Double>getAs("p_holm")).isCloseTo(9 * ALL_ONE_WAY, TIGHT);
        Row weak = find(rows, "t/feature_scale/0.0", "fstar", "direction_ablation");
        assertThat(weak.<Double>getAs("p")).isCloseTo(2 / 16.0, TIGHT);
        assertThat(weak.<Double>getAs("p_holm_condition")).isCloseTo(2 / 16.0, TIGHT);
        assertThat(weak.<Double>getAs("p_holm")).isCloseTo(2 * 2 / 16.0, TIGHT);
    }

    @Test
    void promptsWithoutAVerdictAreLeftOut() {
        study();
        scores.removeIf(row -> row.getString(0).equals("t/feature_scale/cs/5/0.0")
                && row.getString(2).equals("p7"));
        List<Row> rows = compared();

        assertThat(find(rows, "t/feature_scale/0.0", "fstar", "cs").<Integer>getAs("n"))
                .isEqualTo(PROMPTS - 1);
        assertThat(find(rows, "t/feature_scale/0.0", "fstar", "random").<Integer>getAs("n"))
                .isEqualTo(PROMPTS);
    }

    @Test
    void aSweepWithoutFeaturesHasNoComparison() {
        cell(null, 0, 0, 0.0, p -> true);

        assertThat(compared()).isEmpty();
    }
}
