package org.demur.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PaceTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void saysRateAndTimeLeft() {
        Pace pace = new Pace("extract", 4000, "tokens", 0);
        pace.advance(1000);

        assertThat(pace.line(10 * SECOND)).isEqualTo("extract: 1000 of 4000 tokens (25 %), 100 tokens/s, 30 s left");
    }

    @Test
    void unknownTotalHasNoShare() {
        Pace pace = new Pace("read", 0, "rows", 0);
        pace.advance(5);

        assertThat(pace.line(10 * SECOND)).isEqualTo("read: 5 rows, 0.5 rows/s");
    }

    @Test
    void durationsArePutInWords() {
        assertThat(Pace.duration(59.4)).isEqualTo("59 s");
        assertThat(Pace.duration(185)).isEqualTo("3 min 05 s");
        assertThat(Pace.duration(3720)).isEqualTo("1 h 02 min");
    }
}
