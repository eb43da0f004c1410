package org.demur.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import org.demur.JobException;
import org.demur.config.ConfigSection;
import org.junit.jupiter.api.Test;

class ReportSettingsTest {
    @Test
    void theReportIsNamedAfterTheStudy() {
        ReportSettings settings = ReportSettings.from(defaults("study.name = \"my study\""));
        assertThat(settings.title()).isEqualTo("my study");
        assertThat(settings.completions().reveal()).isEqualTo(ReportSettings.Reveal.HARMLESS);
    }

    @Test
    void aSetNameThatIsNoNameStaysOutOfTheSql() {
        assertThatThrownBy(() -> ReportSettings.from(defaults("report.headline.set = \"x' OR 1 = 1 --\"")))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("headline.set")
                .hasMessageContaining("letters, digits");
    }

    private static ConfigSection defaults(String overrides) {
        return ConfigSection.root(ConfigFactory.parseString(overrides)
                        .withFallback(ConfigFactory.parseResources("defaults/report.conf"))
                        .resolve())
                .section("report");
    }
}
