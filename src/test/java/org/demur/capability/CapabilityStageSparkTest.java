package org.demur.capability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.demur.HandMadeSaes;
import org.demur.JobException;
import org.demur.TinyStudy;
import org.demur.attribution.AttributeStage;
import org.demur.attribution.AttributionSettings;
import org.demur.cells.Cell;
import org.demur.cells.Cells;
import org.demur.cells.SelectedDirection;
import org.demur.config.ConfigSection;
import org.demur.direction.DirectionSettings;
import org.demur.direction.DirectionStage;
import org.demur.intervention.SweepSettings;
import org.demur.intervention.SweepStage;
import org.demur.schema.Table;
import org.demur.scoring.ScoreSettings;
import org.demur.scoring.ScoreStage;
import org.demur.table.RunId;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stage behind all others on the embedded model, with dictionaries made by hand and a few items. */
class CapabilityStageSparkTest {
    private static final String SMALL =
            """
            direction { prompts-per-side = 24, validation-per-side = 8, shards = 4 }
            attribute { methods = [la_ig], modes = [corrected], max-prompts = 12, shards = 3, candidates-per-layer = 4, top-features = 5, random-sets = 1 }
            sweep {
              max-prompts-per-set = 24, max-new-tokens = 8, rows-per-task = 24
              grid = [
                { method = none }
                { method = direction_ablation }
                { method = feature_scale, labels = [harmful], feature-sets = [fstar, random], sizes = [5, 1] }
              ]
            }
            score { cross-entropy { texts = 4, bootstrap-resamples = 50 } }
            prompts.sets = [
              { name = harmful_train, path = "%1$s/harmful_train.jsonl", limit = 40, uses = [direction-harmful, attribution] }
              { name = harmless_train, path = "%1$s/harmless_train.jsonl", limit = 40, uses = [direction-harmless] }
              { name = harmful_val, path = "%1$s/harmful_val.jsonl", limit = 40, uses = [validation-harmful] }
              { name = harmless_val, path = "%1$s/harmless_val.jsonl", limit = 40, uses = [validation-harmless] }
              { name = text, path = "%1$s/text.txt", limit = 12, window-tokens = 32, uses = [] }
              { name = mixed, path = "%1$s/mixed.jsonl", limit = 40, uses = [test] }
              { name = answered, path = "%1$s/harmless_test.jsonl", limit = 12, with-response = true, uses = [] }
            ]
            """;
    private static final String MEASURED =
            """
            benchmarks = [
              { kind = gsm8k, path = "%1$s/gsm.jsonl", shots = [0, 1], max-new-tokens = 4 }
              { kind = arc, path = "%1$s/arc.jsonl" }
            ]
            documents = [
              { kind = on_policy, sets = [answered], limit = 6, new-tokens = 6 }
              { kind = response, sets = [answered] }
              { kind = text, name = prose, sets = [text], limit = 5 }
            ]
            over-refusal-sets = [mixed]
            items-per-task = 3, cells-per-task = 2, faithful-batch = 2, bootstrap-resamples = 50, divergence-positions = 2
            """;

    @TempDir
    static Path folder;

    private static TinyStudy study;
    private static RunId run;

    @BeforeAll
    static void runStages() throws IOException {
        benchmarks();
        study = new TinyStudy(folder, 40, SMALL.formatted(folder));
        RunId direction =
                study.run(new DirectionStage(DirectionSettings.from(study.section("direction"), study.uses())));
        SelectedDirection selected = SelectedDirection.read(study.warehouse().read(Table.DIRECTIONS, direction));
        RunId saes = RunId.of("hand-made");
        HandMadeSaes.publish(study.warehouse(), saes, selected, List.of(2, 5));
        study.input("train", saes);
        study.run(new AttributeStage(AttributionSettings.from(study.section("attribute"), study.uses())));
        study.run(new SweepStage(SweepSettings.from(study.section("sweep"), study.uses())));
        study.run(new ScoreStage(ScoreSettings.from(study.section("score"), study.uses())));
        run = study.run(stage(MEASURED));
    }

    private static void benchmarks() throws IOException {
        List<String> mixed = new ArrayList<>();
        for (String set : List.of("harmful_test", "harmless_test", "text")) {
            String name = set + (set.equals("text") ? ".txt" : ".jsonl");
            try (InputStream in = TinyStudy.class.getResourceAsStream("/org/demur/embedded/prompts/" + name)) {
                String lines = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                Files.writeString(folder.resolve(name), lines);
                lines.lines().limit(set.equals("text") ? 0 : 20).forEach(mixed::add);
            }
        }
        Files.write(folder.resolve("mixed.jsonl"), mixed);
        List<String> problems = new ArrayList<>();
        List<String> questions = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            problems.add("{\"id\":\"g%d\",\"question\":\"What is %d and 1?\",\"answer\":\"#### %d\"}"
                    .formatted(i, i, i + 1));
            questions.add(
                    "{\"id\":\"a%d\",\"question\":\"Which is it?\",\"choices\":[\"a flag\",\"a small bank\",\"pasta\"],\"answer\":\"%s\"}"
                            .formatted(i, i % 2 == 0 ? "C" : "1"));
        }
        Files.write(folder.resolve("gsm.jsonl"), problems);
        Files.write(folder.resolve("arc.jsonl"), questions);
    }

    private static CapabilityStage stage(String settings) {
        ConfigSection section =
                ConfigSection.root(ConfigFactory.parseString("capability {" + settings.formatted(folder) + "}")
                        .withFallback(ConfigFactory.parseResources("defaults/capability.conf"))
                        .resolve());
        return new CapabilityStage(CapabilitySettings.from(section.section("capability"), study.uses(), "2024-07-26"));
    }

    private static Dataset<Row> read(Table table, RunId of) {
        return study.warehouse().read(table, of);
    }

    @Test
    void everyItemIsMeasuredOnceUnderEveryIntervention() {
        Dataset<Row> items = read(Table.CAPABILITY_ITEMS, run);
        long interventions = items.select("intervention_id").distinct().count();

        assertThat(interventions).isEqualTo(4);
        assertThat(items.where("benchmark = 'gsm8k'").count()).isEqualTo(interventions * 4 * 4);
        assertThat(items.where("benchmark = 'gsm8k' AND item_id = 'g0'").count())
                .as("the example is no item")
                .isZero();
        assertThat(items.where("benchmark = 'arc'").count()).isEqualTo(interventions * 5 * 5);
        assertThat(items.where("benchmark = 'on_policy'").count()).isEqualTo(interventions * 6 * 2);
        assertThat(items.where("benchmark = 'prose'").count()).isEqualTo(interventions * 5 * 2);
        assertThat(items.select("benchmark", "item_id", "intervention_id", "metric", "mode")
                        .distinct()
                        .count())
                .isEqualTo(items.count());
    }

    @Test
    void rowsCompareEachInterventionWithNoneOnTheSameItems() {
        Dataset<Row> rows = read(Table.CAPABILITY, run);

        Row none = rows.where("benchmark = 'response' AND mode = 'corrected' AND metric = 'cross_entropy'"
                        + " AND intervention_id = 'none'")
                .head();
        Row ablated = rows.where("benchmark = 'response' AND mode = 'corrected' AND metric = 'cross_entropy'"
                        + " AND intervention_id = 'direction_ablation'")
                .head();
        assertThat(none.<Double>getAs("difference")).isNull();
        assertThat(none.<Double>getAs("p_value")).isNull();
        assertThat(ablated.<Double>getAs("base_value")).isCloseTo(none.<Double>getAs("value"), within(1e-5));
        assertThat(ablated.<Double>getAs("difference"))
                .isBetween(ablated.<Double>getAs("difference_low"), ablated.<Double>getAs("difference_high"));
        assertThat(ablated.<Double>getAs("p_holm")).isGreaterThanOrEqualTo(ablated.<Double>getAs("p_value"));
        Row faithful = rows.where("benchmark = 'response' AND mode = 'faithful' AND intervention_id = 'none'")
                .head();
        assertThat(faithful.<Double>getAs("value")).isLessThan(none.<Double>getAs("value"));
        assertThat(rows.where("metric = 'divergence' AND (value < -1e-9 OR intervention_id = 'none' AND value > 0)")
                        .count())
                .isZero();
        assertThat(rows.where("metric = 'accuracy' AND (value < value_low - 1e-12 OR value > value_high + 1e-12)")
                        .count())
                .isZero();
        assertThat(rows.where("mode = 'letter_faithful' AND n <> 5").count()).isZero();
    }

    @Test
    void theOwnAnswersAreWhatTheModelFindsLikeliest() {
        Dataset<Row> rows = read(Table.CAPABILITY, run)
                .where("metric = 'cross_entropy' AND mode = 'corrected' AND intervention_id = 'none'");

        double own = rows.where("benchmark = 'on_policy'").head().getAs("value");
        double prose = rows.where("benchmark = 'prose'").head().getAs("value");
        assertThat(own).isLessThan(prose).isLessThan(1);
    }

    @Test
    void overRefusalTellsHarmlessFromHarmfulPromptsOfOneSet() {
        Row none =
                read(Table.OVER_REFUSAL, run).where("intervention_id = 'none'").head();
        Row ablated = read(Table.OVER_REFUSAL, run)
                .where("intervention_id = 'direction_ablation'")
                .head();

        assertThat(none.<Integer>getAs("harmless_n") + none.<Integer>getAs("harmful_n"))
                .isEqualTo(24);
        assertThat(none.<Double>getAs("separation")).isGreaterThan(0.8);
        assertThat(none.<Double>getAs("harmful_mcnemar_p")).isNull();
        assertThat(ablated.<Double>getAs("harmful_refused")).isLessThan(0.2);
        assertThat(ablated.<Double>getAs("harmful_mcnemar_p")).isLessThan(0.05);
        assertThat(ablated.<Double>getAs("separation")).isLessThan(none.<Double>getAs("separation"));
    }

    @Test
    void aRestartedStageKeepsFinishedPartsAndEndsAlike() throws IOException {
        RunId restarted = RunId.of("restarted");
        Path scratch = study.warehouse().scratch("capability", restarted);
        List<Treatment> treatments = List.of(Treatment.NONE, Treatment.of(feature("fstar")));
        List<ItemRow> kept = new ArrayList<>();
        for (Treatment treatment : treatments) {
            for (String item : List.of("a0", "a1", "a2")) {
                var place = new ItemRow.Place("arc", item, treatment);
                kept.add(ItemRow.answered(place, "letter_corrected", "kept", true, 1));
                kept.add(ItemRow.answered(place, "letter_faithful", "kept", true, 1));
            }
        }
        CapabilityPart finished = new CapabilityPart(new LetterProbe("arc", List.of()), 0, treatments);
        finished.file(scratch).write(kept);

        stage(MEASURED).execute(study.context(restarted));

        Dataset<Row> rows = read(Table.CAPABILITY_ITEMS, restarted);
        assertThat(rows.where("answer = 'kept'").count()).isEqualTo(12);
        assertThat(rows.exceptAll(read(Table.CAPABILITY_ITEMS, run)).count()).isEqualTo(12);
        assertThat(rows.count()).isEqualTo(read(Table.CAPABILITY_ITEMS, run).count());
        try (Stream<Path> left = Files.list(study.warehouse().scratch("capability", restarted))) {
            assertThat(left).isEmpty();
        }
    }

    private static Cell feature(String set) {
        return Cells.read(study.warehouse()
                        .read(Table.COMPLETIONS, study.context(run).input("sweep")))
                .stream()
                .filter(cell -> cell.featureSet().equals(set))
                .max(Comparator.comparingInt(Cell::nFeatures))
                .orElseThrow();
    }

    @Test
    void withoutSettingsTheTablesAreEmpty() {
        RunId empty = RunId.of("empty");

        stage("").execute(study.context(empty));

        for (Table table : List.of(Table.CAPABILITY_ITEMS, Table.CAPABILITY, Table.OVER_REFUSAL)) {
            assertThat(read(table, empty).count()).as(table.sqlName()).isZero();
        }
    }

    @Test
    void badRowsAreQuarantinedAndTooManyOfThemRefused() throws IOException {
        Path file = folder.resolve("broken.jsonl");
        Files.writeString(file, Files.readString(folder.resolve("gsm.jsonl")) + "{\"id\":\"x\"}\n");
        RunId bad = RunId.of("bad");

        assertThatThrownBy(() -> stage("benchmarks = [{ kind = gsm8k, path = \"" + file + "\" }]")
                        .execute(study.context(bad)))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("1 benchmark rows are bad")
                .hasMessageContaining("capability.quarantine-limit");
        assertThat(read(Table.QUARANTINE, bad).collectAsList()).singleElement().satisfies(row -> {
            assertThat(row.<String>getAs("stage")).isEqualTo("capability");
            assertThat(row.<Long>getAs("source_line")).isEqualTo(6L);
        });
    }

    @Test
    void documentsThatServedSelectionAreRefusedUnlessAllowedAndThenMarked() {
        String documents = "documents = [{ kind = on_policy, sets = [harmless_val], limit = 4, new-tokens = 2 }]";
        RunId refused = RunId.of("refused");
        RunId allowed = RunId.of("allowed");

        assertThatThrownBy(() -> stage(documents).execute(study.context(refused)))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("4 of harmless_val")
                .hasMessageContaining("capability.allow-selection-prompts = true");
        stage(documents + ", allow-selection-prompts = true").execute(study.context(allowed));
        assertThat(read(Table.CAPABILITY, allowed)
                        .where("NOT used_for_selection")
                        .count())
                .isZero();
        assertThat(read(Table.CAPABILITY, run).where("used_for_selection").count())
                .isZero();
    }
}
