package org.demur.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import org.demur.JobException;
import org.demur.config.ConfigSection;
import org.junit.jupiter.api.Test;

class JudgeSettingsTest {
    @Test
    void theDefaultIsTheNormalisedList() {
        JudgeSettings settings = read("");
        assertThat(settings.judges()).hasSize(1);
        assertThat(settings.first().name()).isEqualTo("normalised");
        assertThat(settings.first().judge()).isInstanceOf(PhraseJudge.class);
    }

    @Test
    void entriesAreCompletedByKind() {
        JudgeSettings settings = read(
                """
                score.judges = [{ kind = phrases, list = yeo15 }, { kind = first_token, threshold = 1.5, name = first }]
                """);
        assertThat(settings.judges()).extracting(NamedJudge::name).containsExactly("yeo15", "first");
        assertThat(settings.judges().get(1).judge()).isEqualTo(new FirstTokenJudge(1.5, 2048));
    }

    @Test
    void theDigestFollowsWhatDecidesAnswers() {
        NamedJudge first = new NamedJudge("a", new FirstTokenJudge(0, 2048));
        assertThat(new NamedJudge("b", new FirstTokenJudge(0, 512)).digest()).isEqualTo(first.digest());
        assertThat(new NamedJudge("a", new FirstTokenJudge(1, 2048)).digest()).isNotEqualTo(first.digest());
    }

    @Test
    void twoJudgesNeedTwoNames() {
        assertThatThrownBy(() -> read("score.judges = [{ kind = phrases }, { kind = phrases }]"))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("another judge is called normalised too");
    }

    @Test
    void anUnknownKindIsRefused() {
        assertThatThrownBy(() -> read("score.judges = [{ kind = oracle }]"))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("'oracle' is no kind of judge");
    }

    @Test
    void aSettingOfAnotherKindIsRefused() {
        assertThatThrownBy(() -> read("score.judges = [{ kind = phrases, threshold = 1 }]"))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("Unknown setting score.judges[0].threshold");
    }

    @Test
    void aMisspeltDefaultIsRefused() {
        assertThatThrownBy(() -> read("score.judges-defaults.phrases.lst = yeo15"))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("did you mean score.judges[0].list?");
    }

    @Test
    void noJudgeIsNoSetting() {
        assertThatThrownBy(() -> read("score.judges = []"))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("no judge is left");
    }

    private static JudgeSettings read(String overrides) {
        Config whole = ConfigFactory.parseString(overrides)
                .withFallback(ConfigFactory.parseResources("defaults/score.conf"))
                .resolve();
        Config judges = whole.withOnlyPath("score.judges").withFallback(whole.withOnlyPath("score.judges-defaults"));
        ConfigSection score = ConfigSection.root(judges).section("score");
        JudgeSettings settings = JudgeSettings.from(score);
        score.rejectUnknown();
        return settings;
    }
}
