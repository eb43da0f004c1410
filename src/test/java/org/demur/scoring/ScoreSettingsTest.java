package org.demur.scoring;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.util.List;
import java.util.Map;
import org.demur.cells.PromptUses;
import org.demur.config.ConfigSection;
import org.junit.jupiter.api.Test;

class ScoreSettingsTest {
    private static final PromptUses USES = new PromptUses(Map.of("capability", List.of("dolly")));

    @Test
    void everySettingHasADefault() {
        ConfigSection section = defaults("");
        ScoreSettings settings = ScoreSettings.from(section, USES);
        section.rejectUnknown();
        assertThat(settings.judges().first().name()).isEqualTo("normalised");
        assertThat(settings.crossEntropy().sets()).containsExactly("dolly");
        assertThat(settings.canonicalJson()).contains("\"texts\":64");
    }

    @Test
    void withoutCapabilitySetsNothingIsMeasured() {
        ScoreSettings settings = ScoreSettings.from(defaults(""), new PromptUses(Map.of()));
        assertThat(settings.crossEntropy().sets()).isEmpty();
    }

    private static ConfigSection defaults(String overrides) {
        return ConfigSection.root(ConfigFactory.parseString(overrides)
                        .withFallback(ConfigFactory.parseResources("defaults/score.conf"))
                        .resolve())
                .section("score");
    }
}
