package org.demur.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.SparkSession;
import org.demur.TestSpark;
import org.demur.config.ConfigSection;
import org.demur.runtime.StageContext;
import org.demur.schema.Table;
import org.demur.table.RunId;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportSparkTest {
    private static final String SETTINGS =
            """
            title = "Synthetic <study>", show-completions = false, completions-per-cell = 4, completion-characters = 600
            headline { set = "", feature-set = fstar, features = 0, coefficient = 0.0 }
            """;

    @TempDir
    static Path warehouse;

    private static SparkSession spark;
    private static StageContext context;
    private static String masked;

    @BeforeAll
    static void publish() throws IOException {
        spark = TestSpark.session();
        context = SyntheticStudy.publish(spark, warehouse);
        masked = report(context, SETTINGS);
        String keep = System.getProperty("demur.report.sample", "");
        if (!keep.isEmpty()) {
            Files.writeString(Path.of(keep), masked);
        }
    }

    @Test
    void hostileTextIsEscaped() {
        assertThat(masked)
                .doesNotContainIgnoringCase("<script")
                .doesNotContainIgnoringCase("<img")
                .doesNotContain("</code><b>")
                .doesNotContain("\u202E")
                .contains("&lt;img src=x onerror=alert(1)&gt;")
                .contains("⟨U+202E⟩gnp.exe")
                .contains("<title>Synthetic &lt;study&gt; – Demur</title>");
    }

    @Test
    void nothingComesFromOutside() {
        assertThat(masked)
                .contains("default-src &#x27;none&#x27;")
                .doesNotContain("url(")
                .doesNotContain("@import");
        Matcher references =
                Pattern.compile("\\b(?:href|src|action|data)=\"([^\"]*)\"").matcher(masked);
        assertThat(references.results().map(match -> match.group(1)).toList())
                .isNotEmpty()
                .allMatch(target -> target.startsWith("#"));
        assertThat(masked).doesNotContainPattern("<[^>]*\\son[a-z]+=");
    }

    @Test
    void completionsToHarmfulPromptsAreMasked() {
        assertThat(masked)
                .doesNotContain(SyntheticStudy.SECRET)
                .contains("64 tokens, masked<")
                .contains("Preheat the oven");
    }

    @Test
    void completionsAreShownOnRequestAndStillEscaped() throws IOException {
        StageContext again = new StageContext(
                spark,
                context.warehouse(),
                RunId.of("revealed"),
                context.inputRuns(),
                context.model(),
                context.seed(),
                context.progress());
        String revealed = report(again, SETTINGS.replace("show-completions = false", "show-completions = true"));
        assertThat(revealed).contains(SyntheticStudy.SECRET).doesNotContainIgnoringCase("<script");
    }

    @Test
    void longTextIsCutWithANote() {
        assertThat(masked).contains("… [cut: 5,000,000 characters in all]").hasSizeLessThan(2_500_000);
    }

    @Test
    void everySectionPrintsTheSqlItRan() {
        int sections = masked.split("<section id=", -1).length - 1;
        int lists = masked.split("SQL behind these numbers", -1).length - 1;
        assertThat(sections).isEqualTo(17);
        assertThat(lists).isEqualTo(sections);
        RunId score = context.input("score");
        assertThat(masked).contains("FROM sweep_summary WHERE run = &#x27;" + score + "&#x27;");
        assertThat(masked).doesNotContain("{" + Table.SWEEP_SUMMARY.sqlName() + "}");
    }

    @Test
    void featuresAreDescribedWithTheirIntervalsAndControls() {
        assertThat(masked)
                .contains("Features by density", "Harmful or harmless, told from features")
                .contains("31.0\u00A0% [24.0, 38.0]", "1.0\u00A0% [−1.0, 3.0]");
    }

    @Test
    void rankingsAreDrawnAndComparedFromTheirCells() {
        assertThat(masked)
                .contains("Refusal on jailbreakbench against the number of features, by ranking")
                .contains("Greedy, 5 features: 6.0\u00A0%")
                .contains(
                        "F* needs fewer features than ActDiff, CS, random features on 2 of 2 prompt sets (Holm p &lt; 0.05).")
                .contains("F* faithful needs fewer features than CS on 2 of 2 prompt sets (Holm p &lt; 0.05).")
                .contains("Greedy deserves to be the default")
                .contains("−21.0  [−26.0, −16.0]");
    }

    @Test
    void whatInterventionsCostIsComparedOnTheSameItems() {
        assertThat(masked)
                .contains("<title>F* (20) × 0: −4.0  [−5.0, −3.0]</title>")
                .contains("<title>F* (20) × 0: 0.0180</title>")
                .contains("F* (20) × 0: harmless 5.0\u00A0%, harmful 11.0\u00A0%");
    }

    @Test
    void rankingsAgreementIsShownWithExactAblationAndAcrossForms() {
        assertThat(masked)
                .contains("<title>F* faithful: 0.57  [0.49, 0.62]</title>")
                .contains("<td>F*</td><td>F* faithful</td><td class=\"number\">512</td>")
                .contains("12 of 20");
    }

    @Test
    void directionsAreShownByKind() {
        assertThat(masked)
                .contains("Selected: difference in means, layer 20, position −1 from the end")
                .contains("<td>whitened difference (LDA)</td><td class=\"number\">10</td>")
                .contains("<td>logistic regression</td><td class=\"number\">0</td>")
                .contains("0.972  [0.952, 0.977]");
    }

    @Test
    void everyJudgeHasItsRatesAndTheChosenTrialIsNamed() {
        assertThat(masked)
                .contains("66.0\u00A0%  [59.0, 72.0]", "0.82  [0.78, 0.86]")
                .contains("Fluency was not measured.")
                .contains("most effect within the bound");
    }

    @Test
    void areasAreMeansOverPromptsOfTheShareOfSizesRefused() {
        TableRuns runs = TableRuns.of(context);
        Query areas = RankingQueries.of(
                        ReportSettings.from(ConfigSection.parse(SETTINGS)).headline())
                .get(2);
        var rows = runs.views(context).sql(areas.sql(runs)).collectAsList();
        var direct = rows.stream()
                .filter(row -> row.getAs("set_name").equals("role-play")
                        && row.getAs("ranking").equals("random"))
                .findFirst()
                .orElseThrow();
        assertThat(direct.<Long>getAs("n")).isEqualTo(20);
        assertThat(direct.<Double>getAs("area")).isBetween(0.58, 0.66);
        assertThat(direct.<Double>getAs("area_low")).isLessThan(direct.<Double>getAs("area"));
    }

    @Test
    void thePrintedSqlGivesTheHeadlineNumbers() {
        TableRuns runs = TableRuns.of(context);
        Query headline = HeadlineQuery.of(
                ReportSettings.from(ConfigSection.parse(SETTINGS)).headline());
        var rows = runs.views(context).sql(headline.sql(runs)).collectAsList();
        assertThat(rows.get(0).<String>getAs("set_name")).isEqualTo("jailbreakbench");
        Map<String, Double> rates = rows.stream()
                .filter(row -> row.getAs("set_name").equals("jailbreakbench"))
                .collect(java.util.stream.Collectors.toMap(
                        row -> row.getAs("condition"), row -> row.<Double>getAs("refusal_prefix")));
        assertThat(rates).isEqualTo(Map.of("base", 0.89, "direction", 0.0, "features", 0.08, "random", 0.87));
    }

    @Test
    void theHeadlineNamesEveryConditionWithItsInterval() throws IOException {
        String headline = Files.readString(
                context.warehouse().files(ReportStage.KIND, context.run()).resolve(Headline.FILE));
        assertThat(headline.lines().map(String::strip).toList())
                .satisfiesExactly(
                        line -> assertThat(line).isEqualTo("Refusal on jailbreakbench, 95 % interval"),
                        line -> assertThat(line)
                                .startsWith("No intervention")
                                .contains("89.0", "[83.0, 94.0]", "n = 100"),
                        line -> assertThat(line)
                                .startsWith("Refusal direction removed")
                                .contains("0.0", "n = 100"),
                        line -> assertThat(line).startsWith("F* suppressed").contains("8.0", "20 features × 0"),
                        line -> assertThat(line)
                                .startsWith("Random features suppressed")
                                .contains("87.0", "strongest of 3 sets"));
        assertThat(masked).contains("The 95 % intervals do not overlap.");
    }

    private static String report(StageContext context, String settings) throws IOException {
        new ReportStage(ReportSettings.from(ConfigSection.parse(settings))).execute(context);
        Path folder = context.warehouse().files(ReportStage.KIND, context.run());
        return Files.readString(folder.resolve("Synthetic-study--" + context.run() + ".html"));
    }
}
