package org.demur.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class BinTest {
    private static FeatureSums sums(int features, int... active) {
        FeatureSums sums = new FeatureSums(features);
        for (int count : active) {
            int[] first = java.util.stream.IntStream.range(0, count).toArray();
            float[] ones = new float[count];
            java.util.Arrays.fill(ones, 1);
            sums.add(new ActiveFeatures(first, ones));
        }
        return sums;
    }

    @Test
    void lowerEdgesBelongToTheirBinAndTheEndOfTheScaleToTheLast() {
        List<Bin> bins = Bin.cosines("cosine", new float[] {1, 0.96f, 0.85f, -1});
        assertThat(bins).hasSize(40);
        assertThat(bins.get(0)).isEqualTo(new Bin("cosine", -1, 0.05, 1));
        assertThat(bins.get(39)).isEqualTo(new Bin("cosine", 0.95, 0.05, 2));
        assertThat(bins.get(39).high()).isEqualTo(1);
        assertThat(bins.stream().mapToLong(Bin::count).sum()).isEqualTo(4);
    }

    @Test
    void emptyBinsBetweenFullOnesAreThere() {
        assertThat(Bin.cosines("cosine", new float[] {0.01f, 0.12f}))
                .containsExactly(
                        new Bin("cosine", 0, 0.05, 1),
                        new Bin("cosine", 0.05, 0.05, 0),
                        new Bin("cosine", 0.1, 0.05, 1));
    }

    @Test
    void silentFeaturesHaveABinOffTheScale() {
        // Densities 1, 0.1 and none.
        List<Bin> bins = Bin.densities("density", sums(3, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1));
        assertThat(bins.get(0)).isEqualTo(new Bin("density", -1, 0.25, 1));
        assertThat(bins.get(3)).isEqualTo(new Bin("density", -0.25, 0.25, 1));
        assertThat(bins.get(4).isOffScale()).isTrue();
        assertThat(bins.get(4).count()).isEqualTo(1);
    }

    @Test
    void countsOfActiveFeaturesFitFortyBinsOfWholeNumbers() {
        assertThat(Bin.active("l0", sums(100, 5, 5, 7)))
                .containsExactly(new Bin("l0", 5, 1, 2), new Bin("l0", 6, 1, 0), new Bin("l0", 7, 1, 1));
        assertThat(Bin.active("l0", sums(100, 0, 79))).hasSize(40).first().isEqualTo(new Bin("l0", 0, 2, 1));
        assertThat(Bin.active("l0", sums(100, 0, 80)).get(0).width()).isEqualTo(3);
    }
}
