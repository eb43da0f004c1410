package org.demur.tuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.demur.HandMadeSaes;
import org.demur.JobException;
import org.demur.TinyStudy;
import org.demur.attribution.AttributeStage;
import org.demur.attribution.AttributionSettings;
import org.demur.cells.PromptUses;
import org.demur.cells.SelectedDirection;
import org.demur.direction.DirectionSettings;
import org.demur.direction.DirectionStage;
import org.demur.intervention.SweepSettings;
import org.demur.intervention.SweepStage;
import org.demur.schema.Table;
import org.demur.table.RunId;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tuning and a sweep that follows it on the embedded model, with dictionaries made by hand. */
class TuneStageSparkTest {
    private static final String SMALL =
            """
            prompts.sets = [
              { name = harmful_train, path = "%1$s/harmful_train.jsonl", limit = 40, uses = [direction-harmful, attribution] }
              { name = harmless_train, path = "%1$s/harmless_train.jsonl", limit = 40, with-response = true,
                uses = [direction-harmless] }
              { name = harmful_val, path = "%1$s/harmful_val.jsonl", limit = 40, uses = [validation-harmful] }
              { name = harmless_val, path = "%1$s/harmless_val.jsonl", limit = 40, uses = [validation-harmless] }
              { name = harmful_tune, path = "%1$s/harmful_test.jsonl", share = [0, 0.5], uses = [tune] }
              { name = harmless_tune, path = "%1$s/harmless_test.jsonl", share = [0, 0.5], uses = [tune] }
              { name = harmful_test, path = "%1$s/harmful_test.jsonl", share = [0.5, 1], uses = [test] }
              { name = harmful_whole, path = "%1$s/harmful_test.jsonl", uses = [corpus] }
            ]
            direction { prompts-per-side = 24, validation-per-side = 8, shards = 4 }
            attribute {
              methods = [la_ig], max-prompts = 12, shards = 3, candidates-per-layer = 4, top-features = 5, random-sets = 1
            }
            tune {
              max-prompts-per-set = 16, max-new-tokens = 8
              cross-entropy { texts = 16, tokens-per-text = 64, bootstrap-resamples = 200 }
              grid = [
                { method = feature_scale, labels = [harmful], feature-sets = [fstar, random], sizes = [1, 5]
                  coefficients = [1, 0, -40] }
                { method = direction_addition, labels = [harmless], coefficients = [0, 1] }
              ]
            }
            sweep {
              max-prompts-per-set = 8, max-new-tokens = 8
              grid = [{ method = feature_scale, labels = [harmful], sizes = tuned, coefficients = tuned }]
            }
            """;

    @TempDir
    static Path folder;

    private static TinyStudy study;
    private static RunId tuned;

    @BeforeAll
    static void runStages() {
        study = new TinyStudy(folder, 400, SMALL.formatted(folder));
        RunId direction =
                study.run(new DirectionStage(DirectionSettings.from(study.section("direction"), study.uses())));
        SelectedDirection selected = SelectedDirection.read(study.warehouse().read(Table.DIRECTIONS, direction));
        RunId saes = RunId.of("hand-made");
        HandMadeSaes.publish(study.warehouse(), saes, selected, List.of(2, 5));
        study.input("train", saes);
        study.run(new AttributeStage(AttributionSettings.from(study.section("attribute"), study.uses())));
        tuned = study.run(tuneStage(study.uses()));
    }

    private static TuneStage tuneStage(PromptUses uses) {
        return new TuneStage(TuneSettings.from(study.section("tune"), uses));
    }

    private static Dataset<Row> tuning() {
        return study.warehouse().read(Table.TUNING, tuned);
    }

    private static Row chosen(String target) {
        List<Row> rows = tuning().where("chosen AND target = '" + target + "'").collectAsList();
        assertThat(rows).hasSize(1);
        return rows.get(0);
    }

    @Test
    void leavingFeaturesAloneDoesNothingAndRemovingTheDirectionsFeatureRemovesRefusal() {
        for (Row row :
                tuning().where("coefficient = 1 AND feature_set = 'fstar'").collectAsList()) {
            assertThat(row.<Double>getAs("effect")).isZero();
            assertThat(row.<Double>getAs("ce_change")).isBetween(-1e-3, 1e-3);
        }
        assertThat(tuning().where("coefficient < 1 AND feature_set = 'fstar' AND effect > 0.3")
                        .count())
                .isPositive();
        assertThat(tuning().where("label = 'harmful' AND n BETWEEN 14 AND 16").count())
                .isEqualTo(tuning().where("label = 'harmful'").count());
    }

    @Test
    void everyTargetHasOneChoiceThatFollowsTheRule() {
        List<Row> rows = tuning().collectAsList();
        assertThat(tuning().where("chosen").count())
                .isEqualTo(tuning().select("target", "label").distinct().count())
                .isEqualTo(3);
        for (Row choice : tuning().where("chosen").collectAsList()) {
            assertThat(choice.<Double>getAs("ce_change_high")).isLessThan(0.1);
            assertThat(rows.stream()
                            .filter(row -> row.getAs("target").equals(choice.getAs("target")))
                            .filter(row -> row.<Double>getAs("ce_change_high") < 0.1)
                            .mapToDouble(row -> row.<Double>getAs("effect")))
                    .allMatch(effect -> effect <= choice.<Double>getAs("effect"));
            assertThat(choice.<String>getAs("reason")).startsWith("largest effect of the");
        }
        assertThat(chosen("direction_addition").<String>getAs("label")).isEqualTo("harmless");
        Row random = chosen("feature_scale/random_0");
        assertThat(random.<String>getList(random.fieldIndex("set_names"))).containsExactly("harmful_tune");
    }

    @Test
    void theSweepTakesWhatWasChosenOnOtherPrompts() {
        RunId sweep = study.run(new SweepStage(SweepSettings.from(study.section("sweep"), study.uses())));

        Row choice = chosen("feature_scale/fstar");
        List<Row> cells = study.warehouse()
                .read(Table.COMPLETIONS, sweep)
                .select("n_features", "coefficient", "used_for_selection")
                .distinct()
                .collectAsList();
        assertThat(cells).hasSize(1);
        assertThat(cells.get(0).getInt(0)).isEqualTo(choice.<Integer>getAs("n_features"));
        assertThat(cells.get(0).getDouble(1)).isEqualTo(choice.<Double>getAs("coefficient"));
        assertThat(cells.get(0).getBoolean(2)).isFalse();
    }

    @Test
    void aSweepOverTunePromptsIsRefused() {
        PromptUses uses = new PromptUses(
                Map.of("tune", List.of("harmful_tune", "harmless_tune"), "test", List.of("harmful_whole")));
        SweepStage sweep = new SweepStage(SweepSettings.from(study.section("sweep"), uses));

        assertThatThrownBy(() -> sweep.execute(study.context(RunId.of("refused sweep"))))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("Stage sweep would evaluate prompts that served selection")
                .hasMessageContaining("harmful_whole stand in harmful_tune");
    }

    @Test
    void promptsThatAreEvaluatedLaterAreNotTunedOn() {
        PromptUses uses = new PromptUses(Map.of("tune", List.of("harmful_tune"), "test", List.of("harmful_whole")));
        RunId run = RunId.of("refused tuning");

        assertThatThrownBy(() -> tuneStage(uses).execute(study.context(run)))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("Stage tune would choose on prompts that are evaluated later: {harmful_tune=16}")
                .hasMessageContaining("drop-in = [harmful_whole]");
        assertThat(study.warehouse().isPublished(Table.TUNING, run)).isFalse();
    }

    @Test
    void withoutATuneSetTheTableIsEmpty() {
        RunId run = RunId.of("idle");
        tuneStage(new PromptUses(Map.of("test", List.of("harmful_test")))).execute(study.context(run));

        assertThat(study.warehouse().read(Table.TUNING, run).count()).isZero();
    }
}
