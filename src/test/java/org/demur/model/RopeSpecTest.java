package org.demur.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Frequencies by hand. */
class RopeSpecTest {
    private static final double TOLERANCE = 1e-12;

    @Test
    void fallsGeometricallyFromOne() {
        double[] frequencies = new RopeSpec(10_000, new RopeSpec.None()).inverseFrequencies(8, 16);
        assertThat(frequencies).containsExactly(new double[] {1, 0.1, 0.01, 0.001}, within(TOLERANCE));
    }

    @Test
    void dividesAllLinearly() {
        double[] frequencies = new RopeSpec(10_000, new RopeSpec.Linear(4)).inverseFrequencies(4, 16);
        assertThat(frequencies).containsExactly(new double[] {0.25, 0.0025}, within(TOLERANCE));
    }

    @Test
    void dividesByPair() {
        RopeSpec rope = new RopeSpec(10_000, new RopeSpec.Divisors(List.of(1.0, 8.0)));
        assertThat(rope.inverseFrequencies(4, 16)).containsExactly(new double[] {1, 0.00125}, within(TOLERANCE));
    }

    @Test
    void keepsBlendsAndDividesAsLlama31Does() {
        RopeSpec rope = new RopeSpec(10_000, new RopeSpec.Llama3(8, 1, 4, 64));
        double[] frequencies = rope.inverseFrequencies(8, 16);
        // Turns within 64 positions: 10.2 (kept), 1.0186 (blended), 0.10 and 0.01 (divided).
        double smooth = (64 * 0.1 / (2 * Math.PI) - 1) / 3;
        double blended = (1 - smooth) * 0.1 / 8 + smooth * 0.1;
        assertThat(frequencies).containsExactly(new double[] {1, blended, 0.00125, 0.000125}, within(TOLERANCE));
    }

    @Test
    void growsTheBaseWithTheSequenceAsTransformersDoes() {
        RopeSpec rope = new RopeSpec(10_000, new RopeSpec.Dynamic(2, 16));
        double[] unscaled = {1, 0.1, 0.01, 0.001};
        assertThat(rope.inverseFrequencies(8, 8)).containsExactly(unscaled, within(TOLERANCE));
        assertThat(rope.inverseFrequencies(8, 16)).containsExactly(unscaled, within(TOLERANCE));
        assertThat(rope.inverseFrequencies(8, 17))
                .containsExactly(new double[] {1, 0.0961499736, 0.00924481731, 0.000888888899}, within(1e-8));
        assertThat(rope.inverseFrequencies(8, 40))
                .containsExactly(new double[] {1, 0.0629960522, 0.00396850286, 0.000250000012}, within(1e-8));
        assertThat(rope.regime(16)).isZero();
        assertThat(rope.regime(17)).isEqualTo(17);
        assertThat(rope.amplitude(40)).isEqualTo(1);
    }

    @Test
    void changesDivisorsBeyondTheOriginalContextAsTransformersDoes() {
        double amplitude = RopeSpec.LongRope.usualAmplitude(8, 16);
        RopeSpec rope = new RopeSpec(
                10_000, new RopeSpec.LongRope(List.of(1.0, 1.25, 1.5), List.of(2.0, 4.0, 8.0), 16, amplitude));
        assertThat(rope.inverseFrequencies(6, 16))
                .containsExactly(new double[] {1, 0.0371327065, 0.00143628952}, within(1e-8));
        assertThat(rope.inverseFrequencies(6, 17))
                .containsExactly(new double[] {0.5, 0.011603971, 0.000269304292}, within(1e-8));
        assertThat(rope.regime(16)).isZero();
        assertThat(rope.regime(17)).isEqualTo(1);
        assertThat(rope.amplitude(5)).isCloseTo(1.3228756555322954, within(TOLERANCE));
        assertThat(rope.amplitude(500)).isEqualTo(rope.amplitude(5));
    }
}
