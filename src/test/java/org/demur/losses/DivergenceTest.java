package org.demur.losses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class DivergenceTest {
    private static float[] logits(double... probabilities) {
        float[] logits = new float[probabilities.length];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) (Math.log(probabilities[i]) + 300);
        }
        return logits;
    }

    @Test
    void isThatOfTheDefinitionWhateverIsAddedToTheLogits() {
        double expected = 0.5 * Math.log(0.5 / 0.25) + 0.5 * Math.log(0.5 / 0.75);
        assertThat(Divergence.of(logits(0.5, 0.5), logits(0.25, 0.75))).isCloseTo(expected, within(1e-4));
    }

    @Test
    void isZeroForTheSameDistributionOnly() {
        assertThat(Divergence.of(logits(0.9, 0.1), logits(0.9, 0.1))).isCloseTo(0, within(1e-12));
        assertThat(Divergence.of(logits(0.9, 0.1), logits(0.1, 0.9))).isGreaterThan(1);
    }
}
