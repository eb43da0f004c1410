package org.demur.direction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.util.List;
import java.util.Map;
import org.demur.JobException;
import org.demur.cells.PromptUses;
import org.demur.config.ConfigSection;
import org.junit.jupiter.api.Test;

class DirectionSettingsTest {
    private static final PromptUses USES = new PromptUses(Map.of(
            "direction-harmful", List.of("a"),
            "direction-harmless", List.of("b"),
            "validation-harmful", List.of("c"),
            "validation-harmless", List.of("d")));

    private static DirectionSettings read(String overrides) {
        ConfigSection section = ConfigSection.root(ConfigFactory.parseString(overrides)
                        .withFallback(ConfigFactory.parseResources("defaults/direction.conf"))
                        .resolve())
                .section("direction");
        DirectionSettings settings = DirectionSettings.from(section, USES);
        section.rejectUnknown();
        return settings;
    }

    @Test
    void everySettingHasADefault() {
        DirectionSettings settings = read("");

        assertThat(settings.promptsPerSide()).isEqualTo(128);
        assertThat(settings.rule()).isEqualTo(new SelectionRule(0.8, 0.1, 0));
        assertThat(settings.ablateSites()).containsExactly("resid_pre", "resid_mid", "resid_post");
        assertThat(settings.sets().validationHarmless()).containsExactly("d");
    }

    @Test
    void unknownSitesAreNamed() {
        assertThatThrownBy(() -> read("direction.ablate-sites = [resid_past]"))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("direction.ablate-sites")
                .hasMessageContaining("[resid_past]")
                .hasMessageContaining("resid_post");
    }

    @Test
    void countsAreAtLeastOne() {
        assertThatThrownBy(() -> read("direction.shards = 0"))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("direction.shards")
                .hasMessageContaining("must be at least 1");
    }

    @Test
    void otherDirectionsAndRulesAreAskedFor() {
        DirectionSettings settings = read("direction { kinds = [lda, difference_in_means], rule = judged }");

        assertThat(read("").choice().kinds()).containsExactly(DirectionKind.DIFFERENCE_IN_MEANS);
        assertThat(read("").choice().rule()).isEqualTo(DirectionSettings.ChoiceRule.PUBLISHED);
        assertThat(settings.choice().kinds()).containsExactly(DirectionKind.DIFFERENCE_IN_MEANS, DirectionKind.LDA);
        assertThat(settings.choice().rule()).isEqualTo(DirectionSettings.ChoiceRule.JUDGED);
        assertThatThrownBy(() -> read("direction.kinds = [pca]"))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("direction.kinds")
                .hasMessageContaining("difference_in_means, logistic, lda");
        assertThatThrownBy(() -> read("direction.rule = best"))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("'best' is no rule");
        assertThatThrownBy(() -> read("direction.logistic-penalty = 0"))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("direction.logistic-penalty");
    }
}
