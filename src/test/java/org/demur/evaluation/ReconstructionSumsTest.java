package org.demur.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ReconstructionSumsTest {
    private static final float[] X = {1, 10, 3, 10, 5, 10, 7, 10};

    private static ReconstructionSums sums(float[] xHat) {
        ReconstructionSums sums = new ReconstructionSums(2);
        sums.add(X, xHat);
        return sums;
    }

    private static float[] scaled(float factor) {
        float[] xHat = X.clone();
        for (int i = 0; i < xHat.length; i++) {
            xHat[i] *= factor;
        }
        return xHat;
    }

    @Test
    void exactReconstructionLeavesNoVarianceUnexplained() {
        ReconstructionSums exact = sums(X.clone());
        assertThat(exact.fvu()).isZero();
        assertThat(exact.meanSquaredError()).isZero();
        assertThat(exact.cosine()).isCloseTo(1, within(1e-12));
        assertThat(exact.lengthRatio()).isCloseTo(1, within(1e-12));
        assertThat(exact.relativeBias()).isCloseTo(1, within(1e-12));
    }

    @Test
    void theMeanLeavesAllVarianceUnexplained() {
        ReconstructionSums mean = sums(new float[] {4, 10, 4, 10, 4, 10, 4, 10});
        assertThat(mean.fvu()).isCloseTo(1, within(1e-12));
        assertThat(mean.meanSquaredError()).isCloseTo(20.0 / 8, within(1e-12));
    }

    @Test
    void zeroLeavesMoreThanTheVarianceWhenTheMeanIsFarFromZero() {
        // |x|^2 sums to 84 + 400, of which 20 is variance.
        assertThat(sums(new float[8]).fvu()).isCloseTo(484.0 / 20, within(1e-12));
        assertThat(sums(new float[8]).cosine()).isZero();
        assertThat(sums(new float[8]).lengthRatio()).isZero();
    }

    @Test
    void shrinkageShowsInLengthsAndNotInCosines() {
        ReconstructionSums half = sums(scaled(0.5f));
        assertThat(half.cosine()).isCloseTo(1, within(1e-12));
        assertThat(half.lengthRatio()).isCloseTo(0.5, within(1e-12));
        assertThat(half.relativeBias()).isCloseTo(0.5, within(1e-12));
    }

    @Test
    void theVarianceIsThatOfAllRowsAndNotAMeanOfParts() {
        float[] ofParts = {2, 10, 2, 10, 6, 10, 6, 10};
        ReconstructionSums parts = new ReconstructionSums(2);
        for (int part = 0; part < 2; part++) {
            ReconstructionSums one = new ReconstructionSums(2);
            one.add(Arrays.copyOfRange(X, 4 * part, 4 * part + 4), Arrays.copyOfRange(ofParts, 4 * part, 4 * part + 4));
            assertThat(one.fvu()).isCloseTo(1, within(1e-12));
            parts.add(one);
        }
        assertThat(parts.rows()).isEqualTo(4);
        assertThat(parts.fvu())
                .isCloseTo(4.0 / 20, within(1e-12))
                .isEqualTo(sums(ofParts).fvu());
        assertThat(parts.cosine()).isCloseTo(sums(ofParts).cosine(), within(1e-12));
        assertThat(parts.relativeBias()).isCloseTo(sums(ofParts).relativeBias(), within(1e-12));
        assertThat(parts.mean()).containsExactly(4, 10);
    }
}
