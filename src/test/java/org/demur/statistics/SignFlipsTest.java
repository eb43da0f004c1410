package org.demur.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SignFlipsTest {
    /**
     * Darwin's maize, heights of crossed less self-fertilised plants in eighths of an inch. Fisher 1935, section 21: of
     * the 32768 sums 863 are at least 314 and as many at most -314.
     */
    private static final long[] MAIZE = {49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48};

    private static final double FISHER = 2 * 863 / 32768.0;

    private static double[] real(long[] whole) {
        return LongStream.of(whole).mapToDouble(d -> d / 8.0).toArray();
    }

    @Test
    void fishersCountsComeOutBothWays() {
        assertThat(SignFlips.exact(MAIZE)).isCloseTo(FISHER, within(1e-15));
        assertThat(SignFlips.p(real(MAIZE), 1, 0)).isEqualTo(FISHER);
    }

    @Test
    void differencesOfZeroChangeNothing() {
        long[] padded = Arrays.copyOf(MAIZE, 60);

        assertThat(SignFlips.exact(padded)).isCloseTo(FISHER, within(1e-15));
        assertThat(SignFlips.p(real(padded), 1, 0)).isEqualTo(FISHER);
        assertThat(SignFlips.exact(new long[9])).isOne();
        assertThat(SignFlips.p(new double[9], 10, 0)).isOne();
    }

    /** Differences of one size make it a sign test: the binomial tail of McNemar's. */
    @Test
    void ofOneSizeItIsMcNemar() {
        long[] differences = LongStream.concat(LongStream.range(0, 8).map(i -> -3), LongStream.of(3, 3))
                .toArray();

        assertThat(SignFlips.exact(differences))
                .isCloseTo(new DiscordantPairs(2, 8).mcnemarP(), within(1e-15))
                .isCloseTo(0.109375, within(1e-15));
    }

    @Test
    void manyPairsAreCountedExactlyAndSampledNearIt() {
        long[] many = IntStream.range(0, 88).mapToLong(i -> (i * 7 % 11) - 4).toArray();
        double exact = SignFlips.exact(many);

        assertThat(exact).isBetween(0.001, 0.1);
        assertThat(SignFlips.p(real(many), 20_000, 5)).isCloseTo(exact, within(4 * Math.sqrt(exact / 20_000)));
        assertThat(SignFlips.p(real(many), 999, 5)).isEqualTo(SignFlips.p(real(many), 999, 5));
    }

    @Test
    void aSampledPIsNeverZero() {
        double[] ones = new double[40];
        Arrays.fill(ones, 1);

        assertThat(SignFlips.p(ones, 999, 1)).isEqualTo(0.001);
        assertThat(SignFlips.exact(new long[] {1, 1, 1, 1, 1, 1, 1, 1, 1, 1})).isEqualTo(2 / 1024.0);
    }
}
