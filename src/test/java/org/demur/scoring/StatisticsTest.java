package org.demur.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatisticsTest {
    private static final Offset<Double> TIGHT = within(1e-9);
    private static final Bootstrap BOOTSTRAP = new Bootstrap(2000, 0.95, 17);

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

    @Test
    void crossEntropyWeighsTokensNotTexts() {
        List<PairedLoss> losses = List.of(new PairedLoss(10, 20, 30), new PairedLoss(90, 90, 90));
        CrossEntropyChange change = CrossEntropyChange.of(losses, BOOTSTRAP);
        assertThat(change.tokens()).isEqualTo(100);
        assertThat(change.base()).isCloseTo(1.1, TIGHT);
        assertThat(change.edited()).isCloseTo(1.2, TIGHT);
        assertThat(change.change()).isCloseTo(0.1, TIGHT);
        assertThat(change.interval().low()).isZero();
        assertThat(change.interval().high()).isCloseTo(1.0, TIGHT);
    }

    @Test
    void aConstantChangeHasNoSpread() {
        List<PairedLoss> losses = IntStream.range(1, 40)
                .mapToObj(i -> new PairedLoss(i, 2.0 * i, 2.25 * i))
                .toList();
        CrossEntropyChange change = CrossEntropyChange.of(losses, BOOTSTRAP);
        assertThat(change.interval().low()).isCloseTo(0.25, TIGHT);
        assertThat(change.interval().high()).isCloseTo(0.25, TIGHT);
    }

    @Test
    void theIntervalIsNearTheNormalOne() {
        // Changes -0.5 and +0.5 in equal parts over 400 texts: standard error 0.5 / 20, so 1.96 x 0.025 either side.
        List<PairedLoss> losses = IntStream.range(0, 400)
                .mapToObj(i -> new PairedLoss(1, 1, i % 2 == 0 ? 0.5 : 1.5))
                .toList();
        Interval interval = CrossEntropyChange.of(losses, BOOTSTRAP).interval();
        assertThat(interval.low()).isCloseTo(-0.049, within(0.006));
        assertThat(interval.high()).isCloseTo(0.049, within(0.006));
    }

    @Test
    void theSeedDecidesTheInterval() {
        List<PairedLoss> losses = IntStream.range(0, 30)
                .mapToObj(i -> new PairedLoss(1 + i % 7, i, i + Math.sin(i)))
                .toList();
        assertThat(CrossEntropyChange.of(losses, BOOTSTRAP)).isEqualTo(CrossEntropyChange.of(losses, BOOTSTRAP));
        assertThat(CrossEntropyChange.of(losses, new Bootstrap(2000, 0.95, 18)).interval())
                .isNotEqualTo(CrossEntropyChange.of(losses, BOOTSTRAP).interval());
    }
}
