package org.demur.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComparisonsTest {
    private static final Offset<Double> TIGHT = within(1e-12);

    /** Expected values: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm") of R. */
    @Test
    void holm() {
        assertThat(Holm.adjusted(new double[] {0.01, 0.04, 0.03, 0.005}))
                .containsExactly(new double[] {0.03, 0.06, 0.06, 0.02}, TIGHT);
        assertThat(Holm.adjusted(new double[] {0.9, 0.8})).containsExactly(1, 1);
        assertThat(Holm.adjusted(new double[0])).isEmpty();
        assertThatThrownBy(() -> Holm.adjusted(new double[] {0.1, Double.NaN})).hasMessageContaining("NaN");
    }

    /** Expected values: Cohen 1988, table 6.2.2, where 2 arcsin sqrt(P) is 1.571 at .50, 1.369 at .40 and .644 at .10. */
    @ParameterizedTest
    @CsvSource({"0.5, 0.4, 0.202", "0.5, 0.1, 0.927", "0.1, 0.4, -0.725"})
    void cohensH(double a, double b, double h) {
        assertThat(EffectSize.h(a, 50, b, 50, 0.95).value()).isCloseTo(h, within(0.0011));
    }

    @Test
    void theIntervalOfHIsThatOfTwoSamples() {
        Interval interval = EffectSize.h(0.5, 50, 0.5, 50, 0.95).interval();

        assertThat(interval.high()).isCloseTo(1.959963984540054 * 0.2, TIGHT);
        assertThat(interval.low()).isEqualTo(-interval.high());
    }

    /** Student 1908, extra hours of sleep: mean 1.58, and t = 4.0621 (t.test of R on its data set sleep), so d = t / sqrt 10. */
    @Test
    void cohensD() {
        EffectSize d = EffectSize.d(new double[] {1.2, 2.4, 1.3, 1.3, 0, 1, 1.8, 0.8, 4.6, 1.4}, 0.95);

        assertThat(d.value() * Math.sqrt(10)).isCloseTo(4.0621, within(5e-5));
        double half = 1.959963984540054 * Math.sqrt(0.1 + d.value() * d.value() / 20);
        assertThat(d.interval().high() - d.value()).isCloseTo(half, TIGHT);
    }

    @Test
    void dWithoutSpread() {
        assertThat(EffectSize.d(new double[4], 0.95).value()).isZero();
        assertThat(EffectSize.d(new double[] {-2, -2, -2}, 0.95).value())
                .isNegative()
                .isInfinite();
    }

    /** The textbook example of IQ against hours of television: rho = -29/165. */
    @Test
    void spearman() {
        double[] iq = {86, 97, 99, 100, 101, 103, 106, 110, 112, 113};
        double[] hours = {2, 20, 28, 27, 50, 29, 7, 17, 6, 12};

        assertThat(RankCorrelation.spearman(iq, hours)).isCloseTo(-29 / 165.0, TIGHT);
        assertThat(RankCorrelation.spearman(
                        iq, Arrays.stream(iq).map(x -> x * x * x).toArray()))
                .isCloseTo(1, TIGHT);
        assertThat(RankCorrelation.spearman(iq, new double[10])).isNaN();
    }

    /** Expected values: worked examples with 50 and twice 100 things, whose kappas are .40, .1304 and .2593. */
    @ParameterizedTest
    @CsvSource({"20, 5, 10, 15, 0.4", "45, 15, 25, 15, 0.13043478", "25, 35, 5, 35, 0.25925926"})
    void cohensKappa(int bothYes, int onlyFirst, int onlySecond, int bothNo, double kappa) {
        Agreement agreement = new Agreement(bothYes, onlyFirst, onlySecond, bothNo);

        assertThat(agreement.kappa()).isCloseTo(kappa, within(1e-8));
        assertThat(agreement.kappaInterval(0.95).low()).isLessThan(kappa);
    }

    /** Cohen 1960: sqrt(po (1 - po) / n) / (1 - pe) with po = .7, pe = .5, n = 50. */
    @Test
    void theIntervalOfKappa() {
        Interval interval = new Agreement(20, 5, 10, 15).kappaInterval(0.95);

        assertThat((interval.high() - interval.low()) / 2)
                .isCloseTo(1.959963984540054 * Math.sqrt(0.21 / 50) / 0.5, TIGHT);
    }

    @Test
    void verdictsAreCountedInPairs() {
        boolean[] first = {true, true, false, false, false};
        boolean[] second = {true, false, true, false, false};

        assertThat(Agreement.of(first, second)).isEqualTo(new Agreement(1, 1, 1, 2));
        assertThatThrownBy(() -> Agreement.of(first, new boolean[2])).hasMessageContaining("5 verdicts beside 2");
    }

    @Test
    void theBootstrapOfAMeanIsNearTheNormalInterval() {
        double[] values = new double[400];
        NormalDistribution normal = new NormalDistribution(null, 3, 1);
        for (int i = 0; i < values.length; i++) {
            values[i] = normal.inverseCumulativeProbability((i + 0.5) / values.length);
        }

        Interval interval = new Bootstrap(4000, 0.95, 1).ofMean(values);

        assertThat(interval.low()).isCloseTo(3 - 1.96 / 20, within(0.01));
        assertThat(interval.high()).isCloseTo(3 + 1.96 / 20, within(0.01));
    }
}
