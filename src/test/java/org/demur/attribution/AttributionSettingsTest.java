package org.demur.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.util.List;
import java.util.Map;
import org.demur.JobException;
import org.demur.cells.PromptUses;
import org.demur.config.ConfigSection;
import org.junit.jupiter.api.Test;

class AttributionSettingsTest {
    private static AttributionSettings read(String overrides) {
        ConfigSection section = ConfigSection.root(ConfigFactory.parseString(overrides)
                        .withFallback(ConfigFactory.parseResources("defaults/attribute.conf"))
                        .resolve())
                .section("attribute");
        AttributionSettings settings = AttributionSettings.from(
                section, new PromptUses(Map.of("attribution", List.of("a"), "direction-harmless", List.of("b"))));
        section.rejectUnknown();
        return settings;
    }

    @Test
    void everySettingHasADefault() {
        AttributionSettings settings = read("");

        assertThat(settings.modes()).containsExactly(AttributionMode.CORRECTED, AttributionMode.FAITHFUL);
        assertThat(settings.steps().of(AttributionMode.FAITHFUL)).isEqualTo(10);
        assertThat(settings.random().matches()).containsExactly(RandomMatch.DENSITY);
        assertThat(settings.methods()).containsExactly(RankingMethod.values());
        assertThat(settings.rankings()).hasSize(12).doesNotHaveDuplicates();
        assertThat(settings.topFeatures()).isEqualTo(20);
    }

    @Test
    void modesAndMatchesAreChecked() {
        assertThatThrownBy(() -> read("attribute.modes = [correct]"))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("Unknown attribution mode 'correct'");
        assertThatThrownBy(() -> read("attribute.modes = []"))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("the first mode makes the feature sets");
        assertThatThrownBy(() -> read("attribute.methods = [la-ig]"))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("Unknown ranking method 'la-ig'")
                .hasMessageContaining("la_ig, cs, actdiff, ap");
        assertThatThrownBy(() -> read("attribute.ig-baseline = mean"))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("Unknown baseline 'mean'");
        assertThatThrownBy(() -> read("attribute.random-match = layers"))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("Unknown matching of random features 'layers'");
    }

    @Test
    void bothMatchesOfRandomSetsCanBeAskedForAndHarmlessPromptsOnlyWhereTheyServe() {
        assertThat(read("attribute.random-match = [layer, density]").random().matches())
                .containsExactly(RandomMatch.LAYER, RandomMatch.DENSITY);
        assertThat(read("attribute.random-match = layer").random().matches()).containsExactly(RandomMatch.LAYER);
        assertThat(read("attribute.methods = [la_ig, exact]").harmlessSets()).isEmpty();
        assertThat(read("attribute.methods = [probe]").harmlessSets()).containsExactly("b");
        assertThat(read("attribute.top-features = 5").setSize()).isEqualTo(20);
    }

    @Test
    void alphasAreMidpointsOrLeftEnds() {
        assertThat(AttributionMode.CORRECTED.alphas(4)).containsExactly(0.125f, 0.375f, 0.625f, 0.875f);
        assertThat(AttributionMode.FAITHFUL.alphas(4)).containsExactly(0, 0.25f, 0.5f, 0.75f);
    }
}
