package org.demur.evaluation.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class MeasurementTest {
    private static final Measurement.Draws DRAWS = new Measurement.Draws(2000, 3);

    private static double[] zerosAndOnes(int n, int ones) {
        double[] values = new double[n];
        java.util.Arrays.fill(values, 0, ones, 1);
        return values;
    }

    @Test
    void sharesHaveWilsonsInterval() {
        Measurement half = Measurement.share(10, 20);
        assertThat(half.value()).isEqualTo(0.5);
        assertThat(half.low()).isCloseTo(0.2993, within(1e-4));
        assertThat(half.high()).isCloseTo(0.7007, within(1e-4));
        assertThat(Measurement.share(0, 0).value()).isNaN();
    }

    @Test
    void bootstrapOfAMeanIsAboutAsWideAsTheNormalInterval() {
        Measurement mean = Measurement.ofMeans(List.of(zerosAndOnes(400, 100)), new double[] {1}, DRAWS);
        double half = 1.96 * Math.sqrt(0.25 * 0.75 / 400);
        assertThat(mean.value()).isCloseTo(0.25, within(1e-12));
        assertThat(mean.low()).isCloseTo(0.25 - half, within(0.01));
        assertThat(mean.high()).isCloseTo(0.25 + half, within(0.01));
        assertThat(mean.n()).isEqualTo(400);
    }

    @Test
    void samplesAreWeighted() {
        Measurement difference =
                Measurement.ofMeans(List.of(zerosAndOnes(10, 10), zerosAndOnes(10, 5)), new double[] {1, -1}, DRAWS);
        assertThat(difference.value()).isCloseTo(0.5, within(1e-12));
        assertThat(difference.low()).isLessThan(0.3);
        assertThat(difference.high()).isGreaterThan(0.7);
    }
}
