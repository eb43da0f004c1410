package org.demur.intervention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.demur.JobException;
import org.demur.cells.Cell;
import org.demur.cells.FeatureSets;
import org.demur.cells.PromptUses;
import org.demur.cells.RankedFeature;
import org.demur.config.ConfigSection;
import org.junit.jupiter.api.Test;

/** Entries of the sweep's grid that wait for what tuning chose. */
class TunedGridTest {
    private static final List<RankedFeature> TWELVE = IntStream.rangeClosed(1, 12)
            .mapToObj(rank -> new RankedFeature(rank, 3, rank, 1))
            .toList();
    private static final FeatureSets FEATURES = new FeatureSets(Map.of("fstar", TWELVE, "cs", TWELVE), Map.of());
    private static final PromptUses USES =
            new PromptUses(Map.of("tune", List.of("tuning"), "test", List.of("jbb", "alpaca")));
    private static final TunedChoices CHOICES = new TunedChoices(Map.of(
            "feature_scale/fstar", Map.of("harmful", new TunedChoices.Choice(3, -1)),
            "feature_scale/cs", Map.of("harmful", new TunedChoices.Choice(10, -3)),
            "feature_clamp/fstar",
                    Map.of("harmful", new TunedChoices.Choice(2, 0), "harmless", new TunedChoices.Choice(5, 0.5)),
            "direction_addition", Map.of("harmless", new TunedChoices.Choice(0, 1.5))));

    private static SweepSettings settings(String grid, PromptUses uses) {
        return SweepSettings.from(
                ConfigSection.root(ConfigFactory.parseString("sweep.grid = [" + grid + "]")
                                .withFallback(ConfigFactory.parseResources("defaults/sweep.conf"))
                                .resolve())
                        .section("sweep"),
                uses);
    }

    private static List<String> ids(String entry, TunedChoices choices) {
        Map<String, Set<String>> sets = new LinkedHashMap<>();
        sets.put("jbb", Set.of("harmful"));
        sets.put("alpaca", Set.of("harmless"));
        return SweepGrid.cells(settings(entry, USES).grid(), sets, FEATURES, choices).stream()
                .map(Cell::cellId)
                .toList();
    }

    @Test
    void gridsThatCannotBeRunAreRefusedBeforeAnythingIs() {
        assertThatThrownBy(() -> settings("", USES))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("no entries");
        assertThatThrownBy(() -> settings("{ method = feature_scale, sizes = [5, -5] }", USES))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("below 1");
        assertThatThrownBy(() -> settings("{ method = none, sets = [jbb, nosuch] }", USES))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("'nosuch'");
    }

    @Test
    void everyFeatureSetTakesItsOwnSizeAndCoefficient() {
        assertThat(ids(
                        "{ method = feature_scale, labels = [harmful], feature-sets = [fstar, cs], sizes = tuned,"
                                + " coefficients = tuned }",
                        CHOICES))
                .containsExactly("jbb/feature_scale/fstar/3/-1.0", "jbb/feature_scale/cs/10/-3.0");
    }

    @Test
    void listsAreCombinedWithWhatIsTuned() {
        assertThat(ids(
                        "{ method = feature_scale, labels = [harmful], feature-sets = [cs], sizes = [1, 20],"
                                + " coefficients = tuned }",
                        CHOICES))
                .containsExactly("jbb/feature_scale/cs/1/-3.0", "jbb/feature_scale/cs/12/-3.0");
        assertThat(ids(
                        "{ method = feature_scale, labels = [harmful], feature-sets = [cs], sizes = tuned,"
                                + " coefficients = [0, 1] }",
                        CHOICES))
                .containsExactly("jbb/feature_scale/cs/10/0.0", "jbb/feature_scale/cs/10/1.0");
    }

    @Test
    void theLabelOfTheSetDecidesWhereBothWereTunedAndElseTheOtherServes() {
        assertThat(ids("{ method = feature_clamp, sizes = tuned, coefficients = tuned }", CHOICES))
                .containsExactly("jbb/feature_clamp/fstar/2/0.0", "alpaca/feature_clamp/fstar/5/0.5");
        assertThat(ids("{ method = direction_addition, coefficients = tuned }", CHOICES))
                .containsExactly("jbb/direction_addition/1.5", "alpaca/direction_addition/1.5");
    }

    @Test
    void methodsWithoutAKnobNeedNoChoice() {
        assertThat(ids("{ method = direction_ablation, sizes = tuned, coefficients = tuned }", TunedChoices.NONE))
                .containsExactly("jbb/direction_ablation", "alpaca/direction_ablation");
        assertThat(settings("{ method = none, sizes = tuned }", USES).awaitsChoice())
                .isFalse();
    }

    @Test
    void aModifiedEntryNeedsAChoiceOfItsOwn() {
        String entry = "{ method = feature_scale, labels = [harmful], phases = [prompt], coefficients = tuned }";

        assertThatThrownBy(() -> ids(entry, CHOICES))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("Nothing was tuned for feature_scale/fstar/")
                .hasMessageContaining("direction_addition, feature_clamp/fstar, feature_scale/cs, feature_scale/fstar")
                .hasMessageContaining("tune.grid");
    }

    @Test
    void anEmptyTableIsNamed() {
        assertThatThrownBy(() -> ids("{ method = feature_scale, coefficients = tuned }", TunedChoices.NONE))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("the table tuning is empty");
    }

    @Test
    void aSweepThatWaitsForTuningReadsItAndAnotherDoesNot() {
        assertThat(new SweepStage(settings("{ method = feature_scale, sizes = tuned }", USES)).inputs())
                .contains("tune");
        assertThat(new SweepStage(settings("{ method = feature_scale }", USES)).inputs())
                .doesNotContain("tune");
    }

    @Test
    void tunedWithoutATuneSetIsRefusedAtOnce() {
        assertThatThrownBy(() -> settings(
                        "{ method = feature_scale, sizes = tuned }", new PromptUses(Map.of("test", List.of("jbb")))))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("no prompt set has the use 'tune'");
    }
}
