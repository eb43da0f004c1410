package org.demur.direction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.demur.JobException;
import org.demur.TinyStudy;
import org.demur.cells.SelectedDirection;
import org.demur.schema.Table;
import org.demur.table.RunId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectionStageSparkTest {
    private static final String SMALL = "direction { prompts-per-side = 24, validation-per-side = 8, shards = 4 }";

    @TempDir
    Path folder;

    private static DirectionStage stage(TinyStudy study) {
        return new DirectionStage(DirectionSettings.from(study.section("direction"), study.uses()));
    }

    @Test
    void theSelectedDirectionRemovesAndInducesRefusalAndEveryCandidateIsKept() {
        TinyStudy study = new TinyStudy(folder, 40, SMALL);

        RunId run = study.run(stage(study));

        Dataset<Row> directions = study.warehouse().read(Table.DIRECTIONS, run);
        SelectedDirection selected = SelectedDirection.read(directions);
        Row row = directions.where("status = 'selected'").head();
        assertThat(directions.count()).isEqualTo(8L * 5);
        assertThat(directions.where("status = 'discarded' AND reason IS NULL").count())
                .isZero();
        assertThat(row.<Double>getAs("bypass")).isNegative();
        assertThat(row.<Double>getAs("induce")).isPositive();
        assertThat(row.<Integer>getAs("n_harmful")).isBetween(20, 24);
        assertThat(selected.layer()).isLessThan(6);
        assertThat(selected.refusalTokens()).isNotEmpty();
        assertThat(SelectedDirection.norm(selected.vector_D())).isEqualTo(row.<Double>getAs("norm"));
    }

    @Test
    void aSecondRunGivesTheSameContent(@TempDir Path other) {
        TinyStudy study = new TinyStudy(folder, 16, SMALL);
        TinyStudy again = new TinyStudy(other, 16, SMALL);

        RunId run = study.run(stage(study));
        RunId second = again.run(stage(again));

        assertThat(again.warehouse().manifest(Table.DIRECTIONS, second).contentDigest())
                .isEqualTo(study.warehouse().manifest(Table.DIRECTIONS, run).contentDigest());
    }

    @Test
    void promptsThatTheModelAnswersAlikeHaveNoRefusalToken() {
        TinyStudy study = new TinyStudy(folder, 16, SMALL);
        DirectionSettings settings = DirectionSettings.from(study.section("direction"), study.uses());
        DirectionSettings.Sets harmlessOnly = new DirectionSettings.Sets(
                settings.sets().harmless(), settings.sets().harmless(),
                settings.sets().validationHarmful(), settings.sets().validationHarmless());
        DirectionStage stage = new DirectionStage(new DirectionSettings(
                harmlessOnly,
                settings.promptsPerSide(),
                settings.validationPerSide(),
                settings.filter(),
                settings.refusalTokenThreshold(),
                settings.ablateSites(),
                settings.rule(),
                settings.choice(),
                settings.work()));

        assertThatThrownBy(() -> study.run(stage))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("No refusal token")
                .hasMessageContaining("0.0500");
    }

    @Test
    void probesAreScoredBesideTheDifferenceAndComparedWithIt() {
        TinyStudy study = new TinyStudy(
                folder,
                40,
                "direction { prompts-per-side = 24, validation-per-side = 8, shards = 4, stability-resamples = 20,"
                        + " kinds = [difference_in_means, logistic, lda], rule = judged, judged-tokens = 8 }");

        RunId run = study.run(stage(study));

        Dataset<Row> directions = study.warehouse().read(Table.DIRECTIONS, run);
        Row selected = directions.where("status = 'selected'").head();
        assertThat(directions.groupBy("kind").count().collectAsList())
                .extracting(row -> row.getString(0) + " " + row.getLong(1))
                .containsExactlyInAnyOrder("difference_in_means 40", "logistic 40", "lda 40");
        assertThat(directions.where("judged_refusal IS NOT NULL").count())
                .isEqualTo(directions.where("position = -1").count());
        assertThat(selected.<Integer>getAs("position")).isEqualTo(-1);
        assertThat(selected.<Double>getAs("judged_refusal"))
                .isEqualTo(directions.selectExpr("min(judged_refusal)").head().getDouble(0))
                .isLessThan(0.5);
        assertThat(directions.selectExpr("max(judged_refusal)").head().getDouble(0))
                .isGreaterThan(0.9);
        // Whitening takes out what varies within the classes, and with 48 prompts that is most of what acts.
        assertThat(induceAtLayer3(directions, "lda")).isLessThan(induceAtLayer3(directions, "difference_in_means") - 1);
        agreesWithItself(study.warehouse().read(Table.DIRECTION_STABILITY, run));
    }

    private static double induceAtLayer3(Dataset<Row> directions, String kind) {
        return directions
                .where("kind = '" + kind + "' AND layer = 3 AND position = -1")
                .head()
                .getAs("induce");
    }

    private static void agreesWithItself(Dataset<Row> stability) {
        assertThat(stability.count()).isEqualTo(3 * 2 + 3);
        assertThat(stability
                        .where("comparison = 'bootstrap' AND resamples = 20 AND cosine > 0.7"
                                + " AND cosine_low <= cosine AND cosine <= cosine_high AND cosine_high < 1")
                        .count())
                .isEqualTo(3);
        double bootstrap = cosine(stability, "difference_in_means", "bootstrap");
        double halves = cosine(stability, "difference_in_means", "split_half");
        assertThat(halves).isBetween(0.5, bootstrap);
        assertThat(cosine(stability, "difference_in_means", "lda")).isBetween(0.1, 0.9999);
        assertThat(stability
                        .where("comparison = 'lda' AND cosine_low IS NOT NULL")
                        .count())
                .isZero();
    }

    private static double cosine(Dataset<Row> stability, String kind, String comparison) {
        return stability
                .where("kind = '" + kind + "' AND comparison = '" + comparison + "'")
                .select("cosine")
                .head()
                .getDouble(0);
    }
}
