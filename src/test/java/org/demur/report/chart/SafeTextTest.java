package org.demur.report.chart;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SafeTextTest {
    @Test
    void leavesPlainTextAndLineBreaksAlone() {
        String text = "Two lines,\nan accent é, a face \uD83D\uDE00 and عربي.";
        assertThat(SafeText.of(text, 100)).isEqualTo(text);
    }

    @Test
    void makesReorderingAndHidingCharactersVisible() {
        assertThat(SafeText.of("a\u202Eb\u2066c\u200Bd\u0007e\uFEFFf\u2028g", 100))
                .isEqualTo("a⟨U+202E⟩b⟨U+2066⟩c⟨U+200B⟩d⟨U+0007⟩e⟨U+FEFF⟩f⟨U+2028⟩g");
    }

    @Test
    void makesHalvesOfSurrogatesVisible() {
        assertThat(SafeText.of("x\uD83Dy", 100)).isEqualTo("x⟨U+D83D⟩y");
    }

    @Test
    void cutsBetweenCodePointsAndSaysSo() {
        assertThat(SafeText.of("\uD83D\uDE00".repeat(5), 2))
                .isEqualTo("\uD83D\uDE00\uD83D\uDE00 … [cut: 5 characters in all]");
        assertThat(SafeText.of("abc", 5_000_000L, 3)).isEqualTo("abc … [cut: 5,000,000 characters in all]");
        assertThat(SafeText.of("abc", 3)).isEqualTo("abc");
    }
}
