package org.demur.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.demur.sae.FeatureCodes;
import org.junit.jupiter.api.Test;

class ReconstructionSumsTest {
    private static final float[] X = {1, 10, 3, 10, 5, 10, 7, 10};

    private static FeatureCodes codes() {
        return new FeatureCodes(new int[] {0, 2, 3, 4, 5}, new int[] {0, 3, 4, 1, 0}, new float[] {1, 2, 1, 1, 2});
    }

    private static ReconstructionSums sums(float[] xHat) {
        ReconstructionSums sums = new ReconstructionSums(2);
        sums.add(X, xHat, codes());
        return sums;
    }

    @Test
    void exactReconstructionLeavesNoVarianceUnexplained() {
        assertThat(sums(X.clone()).fvu()).isZero();
        assertThat(sums(X.clone()).cosine()).isCloseTo(1, within(1e-12));
    }

    @Test
    void theMeanLeavesAllVarianceUnexplained() {
        assertThat(sums(new float[] {4, 10, 4, 10, 4, 10, 4, 10}).fvu()).isCloseTo(1, within(1e-12));
    }

    @Test
    void zeroLeavesMoreThanTheVarianceWhenTheMeanIsFarFromZero() {
        // |x|^2 sums to 84 + 400, of which 20 is variance.
        assertThat(sums(new float[8]).fvu()).isCloseTo(484.0 / 20, within(1e-12));
        assertThat(sums(new float[8]).cosine()).isZero();
    }

    @Test
    void silencedEntriesAreNeitherActiveNorAlive() {
        ReconstructionSums sums = sums(X.clone());
        assertThat(sums.l0()).isEqualTo(5.0 / 4);
        assertThat(sums.deadFraction(8)).isEqualTo(4.0 / 8);
    }

    @Test
    void partsAddUpToTheWhole() {
        float[] xHat = {1, 9, 2, 10, 5, 11, 6, 10};
        ReconstructionSums whole = sums(xHat);
        ReconstructionSums parts = new ReconstructionSums(2);
        ReconstructionSums first = new ReconstructionSums(2);
        first.add(
                new float[] {1, 10},
                new float[] {1, 9},
                new FeatureCodes(new int[] {0, 2}, new int[] {0, 3}, new float[] {1, 2}));
        ReconstructionSums rest = new ReconstructionSums(2);
        rest.add(
                new float[] {3, 10, 5, 10, 7, 10},
                new float[] {2, 10, 5, 11, 6, 10},
                new FeatureCodes(new int[] {0, 1, 2, 3}, new int[] {4, 1, 0}, new float[] {1, 1, 2}));
        parts.add(first);
        parts.add(rest);
        assertThat(parts.rows()).isEqualTo(4);
        assertThat(parts.fvu()).isEqualTo(whole.fvu());
        assertThat(parts.cosine()).isEqualTo(whole.cosine());
        assertThat(parts.deadFraction(8)).isEqualTo(whole.deadFraction(8));
    }
}
