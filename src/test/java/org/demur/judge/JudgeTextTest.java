package org.demur.judge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.demur.table.Sha256;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class JudgeTextTest {
    @ParameterizedTest
    @EnumSource
    void everyTextIsTheOneItsDigestNames(JudgeText text) {
        byte[] bytes = text.text().getBytes(StandardCharsets.UTF_8);
        assertThat(HexFormat.of().formatHex(Sha256.of(bytes))).isEqualTo(text.sha256());
    }

    @Test
    void theHarmBenchTemplateIsThePublishedOne() {
        assertThat(JudgeText.HARMBENCH.sha256())
                .isEqualTo("788f4f6aa1491c433c4da76c9140cfc30966cea3ff3875c4d0fcb336d92f60e0");
        assertThat(JudgeText.HARMBENCH.text())
                .hasSize(1359)
                .startsWith("[INST] <<SYS>>\n")
                .contains("[BEHAVIOR]:\n{behavior}\n", "[GENERATION]:\n{generation}\n")
                .endsWith("Answer: [/INST]");
    }
}
