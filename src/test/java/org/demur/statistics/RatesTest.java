package org.demur.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RatesTest {
    /** Expected values: Wilson's formula with z = 1.959963984540054, in Python. */
    @ParameterizedTest
    @CsvSource({
        "0, 100, 0, 0.0369934982",
        "89, 100, 0.8136870350, 0.9374580364",
        "1, 1, 0.2065493143, 1",
        "50, 100, 0.4038315304, 0.5961684696"
    })
    void wilson(int hits, int n, double low, double high) {
        Interval interval = new Proportion(hits, n).wilson(0.95);
        assertThat(interval.low()).isCloseTo(low, within(1e-8));
        assertThat(interval.high()).isCloseTo(high, within(1e-8));
    }

    @Test
    void wilsonEndsAtNoneAndAll() {
        for (int n : new int[] {1, 41, 87, 100, 1000}) {
            assertThat(new Proportion(0, n).wilson(0.95).low()).isZero();
            assertThat(new Proportion(n, n).wilson(0.95).high()).isEqualTo(1);
        }
    }

    @Test
    void refusesAnImpossibleProportion() {
        assertThatThrownBy(() -> new Proportion(3, 2)).hasMessageContaining("3 of 2");
        assertThatThrownBy(() -> new Proportion(0, 0)).hasMessageContaining("0 of 0");
    }

    /** Expected values: 2 * sum of C(n, i) / 2^n up to the smaller count, in Python. */
    @ParameterizedTest
    @CsvSource({"2, 8, 0.109375", "8, 2, 0.109375", "5, 5, 1", "0, 8, 0.0078125", "0, 0, 1", "1, 80, 6.782881e-23"})
    void mcnemar(int becameRefused, int becameCompliant, double p) {
        assertThat(new DiscordantPairs(becameRefused, becameCompliant).mcnemarP())
                .isCloseTo(p, within(p * 1e-6));
    }
}
