package org.demur.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunIdTest {
    @Test
    void isADigestOfTheText() {
        assertThat(RunId.of("{}").value()).isEqualTo("r44136fa355b3");
        assertThat(RunId.of("{}")).isNotEqualTo(RunId.of("{ }"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"007", "1e5", "2024-01-01", "r44136fa355b", "r44136fa355bz", "../44136fa355b3", "R44136FA355B3"})
    void otherFormsAreRefused(String value) {
        assertThatThrownBy(() -> new RunId(value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(value);
    }
}
