package org.demur.tuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.util.List;
import java.util.Map;
import org.demur.JobException;
import org.demur.cells.PromptUses;
import org.demur.config.ConfigSection;
import org.junit.jupiter.api.Test;

class TuneSettingsTest {
    private static final PromptUses USES = new PromptUses(Map.of(
            "tune", List.of("tuning"),
            "direction-harmless", List.of("found", "both"),
            "capability", List.of("both"),
            "test", List.of("jbb")));

    private static ConfigSection section(String overrides) {
        return ConfigSection.root(ConfigFactory.parseString(overrides)
                        .withFallback(ConfigFactory.parseResources("defaults/sweep.conf"))
                        .withFallback(ConfigFactory.parseResources("defaults/tune.conf"))
                        .resolve())
                .section("tune");
    }

    @Test
    void everySettingHasADefaultAndEvaluatedSetsAreKeptOut() {
        ConfigSection section = section("");
        TuneSettings settings = TuneSettings.from(section, USES);
        section.rejectUnknown();

        assertThat(settings.losses().sets()).containsExactly("found", "tuning");
        assertThat(settings.prompts().evaluatedSets()).containsExactly("jbb", "both");
        assertThat(settings.maxLoss()).isEqualTo(0.1);
    }

    @Test
    void withoutASetThereIsNothingToReadOrDependOn() {
        TuneStage idle = new TuneStage(TuneSettings.from(section(""), new PromptUses(Map.of())));
        TuneStage changed = new TuneStage(TuneSettings.from(section("tune.max-loss = 0.2"), new PromptUses(Map.of())));

        assertThat(idle.inputs()).isEmpty();
        assertThat(idle.parametersJson()).isEqualTo(changed.parametersJson());
        assertThat(new TuneStage(TuneSettings.from(section(""), USES)).inputs())
                .containsExactly("prompts", "train", "direction", "attribute");
    }

    @Test
    void aSetCannotBothChooseAndMeasure() {
        for (String use : List.of("test", "capability")) {
            PromptUses uses = new PromptUses(Map.of("tune", List.of("jbb"), use, List.of("jbb")));

            assertThatThrownBy(() -> TuneSettings.from(section(""), uses))
                    .isInstanceOf(JobException.class)
                    .hasMessageContaining("The prompt set jbb has the use 'tune' beside 'test' or 'capability'");
        }
    }

    @Test
    void itsOwnGridKnowsNoTunedEntry() {
        assertThatThrownBy(() -> TuneSettings.from(
                        section("tune.grid = [{ method = feature_scale, coefficients = tuned }]"), USES))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("tune.grid")
                .hasMessageContaining("only sweep.grid can");
    }

    @Test
    void aLimitOfNothingIsRefused() {
        assertThatThrownBy(() -> TuneSettings.from(section("tune.max-loss = 0"), USES))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("tune.max-loss");
    }
}
