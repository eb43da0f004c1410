package org.demur.judge.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PatienceTest {
    private final Patience patience = new Patience(9, 100, 1_000, 1, 1);

    @Test
    void pausesDoubleUpToTheLongest() {
        assertThat(patience.pauseMillis(1, 0)).isEqualTo(100);
        assertThat(patience.pauseMillis(2, 0)).isEqualTo(200);
        assertThat(patience.pauseMillis(4, 0)).isEqualTo(800);
        assertThat(patience.pauseMillis(5, 0)).isEqualTo(1_000);
        assertThat(patience.pauseMillis(60, 0)).isEqualTo(1_000);
    }

    @Test
    void chanceShortensThemByUpToAHalf() {
        assertThat(patience.pauseMillis(2, 0.5)).isEqualTo(150);
        assertThat(patience.pauseMillis(2, 0.999)).isBetween(100L, 101L);
    }
}
