package org.demur.intervention;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.demur.HandMadeSaes;
import org.demur.JobException;
import org.demur.TestSpark;
import org.demur.TinyStudy;
import org.demur.attribution.AttributeStage;
import org.demur.attribution.AttributionSettings;
import org.demur.cells.Cell;
import org.demur.cells.CellEdits;
import org.demur.cells.Cells;
import org.demur.cells.Intervention;
import org.demur.cells.Method;
import org.demur.cells.PromptSample;
import org.demur.cells.SelectedDirection;
import org.demur.cells.StudyPrompt;
import org.demur.config.ConfigSection;
import org.demur.direction.DirectionSettings;
import org.demur.direction.DirectionStage;
import org.demur.edit.Edit;
import org.demur.runtime.StageContext;
import org.demur.schema.Table;
import org.demur.table.RunId;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Direction, attribution and sweep one after the other on the embedded model, with dictionaries made by hand. */
class SweepStageSparkTest {
    private static final RunId SAES = RunId.of("hand-made");
    private static final String SMALL =
            """
            direction { prompts-per-side = 24, validation-per-side = 8, shards = 4 }
            attribute { max-prompts = 12, shards = 3, candidates-per-layer = 4, top-features = 5, random-sets = 2 }
            sweep {
              max-prompts-per-set = 20, max-new-tokens = 8, rows-per-task = 8
              grid = [
                { method = none }
                { method = direction_ablation, labels = [harmful] }
                { method = direction_addition, labels = [harmless], coefficients = [1] }
                { method = feature_scale, labels = [harmful], feature-sets = [fstar, random], sizes = [5, 1] }
                { method = feature_clamp, labels = [harmless], sizes = [1], coefficients = [1] }
                { method = direction_addition, labels = [harmless], coefficients = [1], retain = fstar, retain-size = 5 }
                { method = direction_addition, labels = [harmless], coefficients = [1], retain = fstar, retain-size = 5
                  retain-phases = [prompt] }
                { method = feature_mean_ablation, labels = [harmful], sizes = [2], reference = harmless_train }
                { method = feature_resample_ablation, labels = [harmful], sizes = [2], reference = harmless_train }
                { method = feature_restore, labels = [harmless], sizes = [2], coefficients = [1], restore-from = harmless_test }
                { method = feature_set_value, labels = [harmless], sizes = [1], coefficients = [20]
                  positions = [content, post_instruction], condition { of = direction, layer = 1, above = 0 } }
                { method = feature_cap, labels = [harmful], sizes = [2], coefficients = [0], form = exact
                  also = [ { method = direction_addition, coefficients = [-1], phases = [prompt] } ] }
              ]
            }
            """;

    private static final String EARLY =
            """
            sweep {
              max-prompts-per-set = 20, max-new-tokens = 8, rows-per-task = 8
              early-stop { confidence = 0.9, min-prompts = 8 }
              grid = [ { method = none }, { method = direction_ablation } ]
            }
            """;

    @TempDir
    static Path folder;

    private static TinyStudy study;
    private static RunId attribution;
    private static RunId sweep;

    @BeforeAll
    static void runStages() {
        study = new TinyStudy(folder, 40, SMALL);
        RunId direction =
                study.run(new DirectionStage(DirectionSettings.from(study.section("direction"), study.uses())));
        SelectedDirection selected = SelectedDirection.read(study.warehouse().read(Table.DIRECTIONS, direction));
        HandMadeSaes.publish(study.warehouse(), SAES, selected, List.of(2, 5));
        study.input("train", SAES);
        attribution = study.run(new AttributeStage(AttributionSettings.from(study.section("attribute"), study.uses())));
        sweep = study.run(sweepStage());
    }

    private static SweepStage sweepStage() {
        return new SweepStage(SweepSettings.from(study.section("sweep"), study.uses()));
    }

    private static Dataset<Row> featureSets() {
        return study.warehouse().read(Table.FEATURE_SETS, attribution);
    }

    private static Dataset<Row> completions() {
        return study.warehouse().read(Table.COMPLETIONS, sweep);
    }

    /** Share of the cell's completions that begin like most of the base model's answers to harmful prompts. */
    private static double refused(String cellId) {
        String opening = completions()
                .where("cell_id = 'harmful_test/none'")
                .selectExpr("token_ids[0] AS first")
                .groupBy("first")
                .count()
                .orderBy("count")
                .collectAsList()
                .stream()
                .reduce((rare, frequent) -> frequent)
                .map(row -> String.valueOf(row.getInt(0)))
                .orElseThrow();
        return completions()
                .where("cell_id = '" + cellId + "'")
                .selectExpr("avg(CAST(token_ids[0] = " + opening + " AS DOUBLE))")
                .head()
                .getDouble(0);
    }

    @Test
    void attributionFindsTheFeatureThatIsTheDirection() {
        List<Row> best = study.warehouse()
                .read(Table.ATTRIBUTIONS, attribution)
                .where("scope = 'global' AND method = 'la_ig' AND rank <= 2 AND mode = 'corrected' AND attribution > 0")
                .orderBy("rank")
                .collectAsList();

        assertThat(best).isNotEmpty();
        assertThat(best.get(0).<Integer>getAs("feature")).isZero();
        assertThat(best.get(0).<Double>getAs("cosine")).isGreaterThan(0.999);
        assertThat(study.warehouse().manifest(Table.ATTRIBUTIONS, attribution).facts())
                .containsKeys("corrected_prompts_used", "faithful_prompts_skipped");
    }

    @Test
    void bothModesScoreEveryCandidateOfEveryPrompt() {
        Dataset<Row> rows =
                study.warehouse().read(Table.ATTRIBUTIONS, attribution).where("method = 'la_ig'");

        assertThat(rows.where("scope = 'global'").count()).isEqualTo(2L * 2 * 4);
        assertThat(rows.where("scope = 'prompt' AND mode = 'faithful'").count()).isEqualTo(12L * 2 * 4);
        assertThat(rows.where("scope = 'prompt' AND compliance_token IS NULL").count())
                .isZero();
    }

    @Test
    void everyMethodRanksTheFeatureThatIsTheDirectionFirst() {
        List<Row> first = study.warehouse()
                .read(Table.ATTRIBUTIONS, attribution)
                .where("scope = 'global' AND rank = 1 AND feature <> 0 AND mode = 'corrected'")
                .collectAsList();

        assertThat(first).isEmpty();
        assertThat(featureSets()
                        .where("scope = 'global'")
                        .select("set_id")
                        .distinct()
                        .collectAsList())
                .extracting(row -> row.getString(0))
                .contains("fstar", "fstar_faithful", "cs", "actdiff", "ap", "ap_faithful", "grad_act", "ig", "exact")
                .contains("greedy", "probe", "random_0", "random_1");
        assertThat(featureSets().where("set_id = 'ap_faithful_prompt'").count()).isPositive();
    }

    @Test
    void agreementHoldsEveryPairAndPredictionsFollowWhatIsMeasured() {
        Dataset<Row> rows = study.warehouse().read(Table.RANKING_AGREEMENT, attribution);

        assertThat(rows.count()).isEqualTo(12 * 11 / 2);
        assertThat(rows.where("method_a = 'ig' AND method_b = 'exact' AND pearson > 0.8 AND pearson_low <= pearson")
                        .count())
                .isEqualTo(1);
    }

    @Test
    void featureSetsHoldPositiveScoresAndRandomSetsMatchTheirLayers() {
        String byLayer =
                "SELECT set_id, layer, count(*) AS n FROM sets WHERE set_id = '%s' GROUP BY ALL ORDER BY layer";
        featureSets().createOrReplaceTempView("sets");

        assertThat(featureSets()
                        .where("set_id IN ('fstar', 'ap', 'ig', 'exact') AND attribution <= 0")
                        .count())
                .isZero();
        assertThat(featureSets().where("set_id LIKE 'random_%' AND density = 0").count())
                .isZero();
        assertThat(TestSpark.session()
                        .sql(String.format(byLayer, "random_1"))
                        .drop("set_id")
                        .collectAsList())
                .isEqualTo(TestSpark.session()
                        .sql(String.format(byLayer, "fstar"))
                        .drop("set_id")
                        .collectAsList())
                .isNotEmpty();
    }

    @Test
    void removingTheDirectionOrItsFeaturesChangesTheAnswersAndRandomFeaturesDont() {
        int n = Cells.read(completions()).stream()
                .filter(cell ->
                        cell.featureSet().equals("fstar") && cell.method().equals("feature_scale"))
                .mapToInt(Cell::nFeatures)
                .max()
                .orElseThrow();

        assertThat(refused("harmful_test/none")).isGreaterThan(0.9);
        assertThat(refused("harmful_test/direction_ablation")).isLessThan(0.2);
        assertThat(refused("harmful_test/feature_scale/fstar/" + n + "/0.0")).isLessThan(0.6);
        assertThat(refused("harmful_test/feature_scale/random_0/" + n + "/0.0")).isGreaterThan(0.9);
        assertThat(refused("harmless_test/none")).isLessThan(0.1);
        assertThat(refused("harmless_test/direction_addition/1.0")).isGreaterThan(0.5);
    }

    @Test
    void everyPromptOfEveryCellIsThereOnceAndNothingIsLeftInTheScratchFolder() throws IOException {
        List<Cell> cells = Cells.read(completions());

        assertThat(completions().count()).isEqualTo(cells.size() * 20L);
        assertThat(completions().select("cell_id", "prompt_id").distinct().count())
                .isEqualTo(cells.size() * 20L);
        assertThat(completions()
                        .where("method = 'none' AND (coefficient IS NOT NULL OR feature_set IS NOT NULL)")
                        .count())
                .isZero();
        try (Stream<Path> left = Files.list(study.warehouse().scratch("sweep", sweep))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void aRestartedSweepKeepsFinishedBatchesAndMakesTheOthersAnewAlike() {
        RunId run = RunId.of("restarted");
        StageContext context = study.context(run);
        CellEdits edits = CellEdits.load(study.context(RunId.of("replay")));
        SweepSettings settings = SweepSettings.from(study.section("sweep"), study.uses());
        Map<String, List<StudyPrompt>> prompts =
                Map.of("harmful_test", PromptSample.draw(context, List.of("harmful_test"), 20, "test-harmful_test"));
        List<Cell> cells = Cells.read(completions()).stream()
                .filter(cell -> cell.setName().equals("harmful_test"))
                .toList();
        Map<String, Integer> place = new HashMap<>();
        SweepGrid.cells(
                        settings.grid(),
                        Map.of("harmful_test", Set.of("harmful"), "harmless_test", Set.of("harmless")),
                        edits.featureSets(),
                        TunedChoices.NONE)
                .forEach(cell -> place.put(cell.cellId(), place.size()));
        SweepBatch finished = new SweepSchedule(edits, settings.answers())
                .batches(
                        cells.stream()
                                .sorted(Comparator.comparing(cell -> place.get(cell.cellId())))
                                .toList(),
                        prompts)
                .get(0);
        List<CompletionRow> rows = new ArrayList<>();
        for (Cell cell : finished.cells()) {
            finished.prompts().forEach(prompt -> rows.add(kept(cell, prompt.promptId())));
        }
        finished.file(study.warehouse().scratch("sweep", run)).write(rows);

        sweepStage().execute(context);

        Dataset<Row> published = study.warehouse().read(Table.COMPLETIONS, run);
        assertThat(published.where("completion = 'kept'").count()).isEqualTo(finished.rows());
        assertThat(published.exceptAll(completions()).count()).isEqualTo(finished.rows());
        assertThat(published.count()).isEqualTo(completions().count());
    }

    private static CompletionRow kept(Cell cell, String promptId) {
        return new CompletionRow(
                cell.cellId(),
                cell.setName(),
                promptId,
                cell.method(),
                null,
                0,
                null,
                "kept",
                new int[] {7},
                1,
                "stop",
                cell.intervention());
    }

    @Test
    void cellsThatIntervalsSeparateStopEarlyAndSayWhy() {
        ConfigSection section = ConfigSection.root(ConfigFactory.parseString(EARLY)
                .withFallback(ConfigFactory.parseResources("defaults/sweep.conf"))
                .resolve());
        RunId run = RunId.of("early");
        new SweepStage(SweepSettings.from(section.section("sweep"), study.uses())).execute(study.context(run));
        Dataset<Row> rows = study.warehouse().read(Table.COMPLETIONS, run);
        Map<String, Long> sizes = new HashMap<>();
        rows.groupBy("cell_id").count().collectAsList().forEach(row -> sizes.put(row.getString(0), row.getLong(1)));

        assertThat(sizes)
                .containsEntry("harmful_test/none", 20L)
                .containsEntry("harmful_test/direction_ablation", 8L)
                .containsEntry("harmless_test/direction_ablation", 20L);
        assertThat(rows.where("early_stop IS NOT NULL")
                        .select("cell_id", "early_stop")
                        .distinct()
                        .collectAsList())
                .singleElement()
                .satisfies(
                        row -> assertThat(row.getString(1)).isEqualTo("apart from none at 0.9 after 8 of 20 prompts"));
        assertThat(completions().where("early_stop IS NOT NULL").count()).isZero();
    }

    @Test
    void tablesAloneReplayEveryIntervention() {
        StageContext context = study.context(RunId.of("replay"));
        CellEdits published = CellEdits.load(context);
        for (Cell cell : Cells.read(completions())) {
            String promptId = completions()
                    .where(col("cell_id").equalTo(cell.cellId()))
                    .orderBy("prompt_id")
                    .head()
                    .getAs("prompt_id");
            Cell replayed = Cell.of(cell.setName(), Intervention.parse(cell.intervention()));
            List<Edit> edits = CellEdits.load(context).edits(replayed, promptId);

            assertThat(replayed).isEqualTo(cell);
            assertThat(edits).as(cell.cellId()).usingRecursiveComparison().isEqualTo(published.edits(cell, promptId));
            assertThat(edits.isEmpty()).isEqualTo(cell.kind() == Method.NONE);
        }
        assertThat(completions().where("intervention IS NULL").count()).isZero();
    }

    @Test
    void anInterventionOfOtherFeaturesIsNotReplayed() {
        Cell cell = Cells.read(completions()).stream()
                .filter(one -> one.kind() == Method.FEATURE_SCALE)
                .findFirst()
                .orElseThrow();
        String digest = cell.intervention()
                .replaceFirst("\"dictionaries\":\\{\"(\\d+)\":\"....", "\"dictionaries\":{\"$1\":\"0000");
        Cell other = Cell.of(cell.setName(), Intervention.parse(digest));

        assertThatThrownBy(
                        () -> CellEdits.load(study.context(RunId.of("replay"))).edits(other, "p"))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("made from another direction, other features or dictionaries");
    }

    @Test
    void refusalIsGoneWithBorrowedValuesAndNotInducedWhereFeaturesAreHeld() {
        String held = Cells.read(completions()).stream()
                .map(Cell::cellId)
                .filter(id -> id.matches("harmless_test/direction_addition/1.0\\+feature_retain/fstar/\\d+"))
                .findFirst()
                .orElseThrow();

        assertThat(refused("harmful_test/feature_mean_ablation/fstar/2/from=harmless_train"))
                .isLessThan(0.6);
        assertThat(refused("harmful_test/feature_resample_ablation/fstar/2/from=harmless_train"))
                .isLessThan(0.6);
        assertThat(refused(held)).isLessThan(refused("harmless_test/direction_addition/1.0"));
    }

    @Test
    void restoringAPromptFromItselfChangesNothing() {
        String restored = "harmless_test/feature_restore/fstar/2/1.0/from=harmless_test";
        Dataset<Row> own = completions().where(col("cell_id").equalTo(restored)).select("prompt_id", "token_ids");
        Dataset<Row> base =
                completions().where("cell_id = 'harmless_test/none'").select("prompt_id", "token_ids");

        assertThat(own.count()).isEqualTo(20);
        assertThat(own.exceptAll(base).count()).isZero();
    }
}
