package org.demur.refusal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class NextTokenTest {
    @Test
    void probabilitiesAreTheSoftmaxAndSurviveLargeLogits() {
        double[] p_V = NextToken.probabilities(new float[] {1000, 1000 + (float) Math.log(3), -1000});

        assertThat(p_V[0]).isCloseTo(0.25, within(1e-4));
        assertThat(p_V[1]).isCloseTo(0.75, within(1e-4));
        assertThat(p_V[2]).isZero();
    }

    @Test
    void mostProbableTakesTheFirstOfEquals() {
        float[] logits_V = {1, 5, 5, 2};

        assertThat(NextToken.mostProbable(logits_V)).isEqualTo(1);
        assertThat(NextToken.mostProbable(logits_V, new int[] {3, 2, 1})).isEqualTo(2);
        assertThat(NextToken.mostProbable(logits_V, new int[] {0, 3})).isEqualTo(3);
    }

    @Test
    void divergenceIsZeroForEqualDistributionsAndStaysFiniteOnZeros() {
        assertThat(NextToken.divergence(new double[] {0.5, 0.5}, new double[] {0.5, 0.5}))
                .isZero();
        assertThat(NextToken.divergence(new double[] {0.5, 0.5}, new double[] {0.25, 0.75}))
                .isCloseTo(0.5 * Math.log(2) + 0.5 * Math.log(2.0 / 3), within(1e-5));
        assertThat(NextToken.divergence(new double[] {1, 0}, new double[] {0, 1}))
                .isCloseTo(Math.log((1 + 1e-6) / 1e-6), within(1e-9));
    }

    @Test
    void likelyTokensKeepWhatIsAboveTheFloor() {
        LikelyTokens likely = LikelyTokens.of(new float[] {0, 0, -20});

        assertThat(likely.tokens()).containsExactly(0, 1);
        assertThat(likely.dense()).hasSize(3);
        assertThat(likely.dense()[0]).isCloseTo(0.5, within(1e-6));
        assertThat(likely.dense()[2]).isZero();
    }

    @Test
    void meanOfDistributionsCountsLeftOutTokensAsZero() {
        LikelyTokens one = new LikelyTokens(3, new int[] {0}, new double[] {1.0});
        LikelyTokens other = new LikelyTokens(3, new int[] {0, 2}, new double[] {0.5, 0.5});

        assertThat(LikelyTokens.mean(java.util.List.of(one, other))).containsExactly(0.75, 0, 0.25);
    }
}
