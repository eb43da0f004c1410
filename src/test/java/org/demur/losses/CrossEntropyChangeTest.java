package org.demur.losses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.demur.statistics.Bootstrap;
import org.demur.statistics.Interval;
import org.junit.jupiter.api.Test;

class CrossEntropyChangeTest {
    private static final Offset<Double> TIGHT = within(1e-9);
    private static final Bootstrap BOOTSTRAP = new Bootstrap(2000, 0.95, 17);

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
