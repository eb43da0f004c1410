package org.demur.sae.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.demur.sae.LaneProduct;
import org.demur.sae.WorkCrew;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is kept of a shard, and where thresholds are put. */
class SelectionTest {
    private static CodeSets chunk(float[]... rows) {
        CodeSets codes = CodeSets.of(new BatchTopK(2, TopK.Ranking.PRE_ACTIVATION));
        codes.begin(rows.length);
        for (float[] row : rows) {
            codes.main().reserve(row.length);
            for (int j = 0; j < row.length; j++) {
                if (row[j] > 0) {
                    codes.main().slopes()[codes.main().count()] = row[j];
                    codes.main().add(j, row[j]);
                }
            }
            codes.endRow();
        }
        return codes;
    }

    private static List<Integer> features(CodeSets codes, int row) {
        ChunkCodes main = codes.main();
        return IntStream.range(main.start(row), main.start(row + 1))
                .map(i -> main.features()[i])
                .boxed()
                .toList();
    }

    @Test
    void amongEqualEntriesTheEarlierRowAndThenTheLowerFeatureIsKept() {
        CodeSets first = chunk(new float[] {0, 2, 1}, new float[] {2, 3, 2});
        CodeSets second = chunk(new float[] {2, 2, 0.5f});
        assertThat(BatchSelection.keepLargest(List.of(first, second), 4)).isEqualTo(2f);
        assertThat(features(first, 0)).containsExactly(1);
        assertThat(features(first, 1)).containsExactly(0, 1, 2);
        assertThat(features(second, 0)).isEmpty();
    }

    @Test
    void allAreKeptWhereThereAreNoMoreThanWanted() {
        CodeSets codes = chunk(new float[] {1, 0, 3}, new float[] {0, 0, 0});
        assertThat(BatchSelection.keepLargest(List.of(codes), 2)).isZero();
        assertThat(features(codes, 0)).containsExactly(0, 2);
        assertThat(features(codes, 1)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 100, 399})
    void agreesWithSortingAll(int count) {
        SplittableRandom random = new SplittableRandom(count);
        float[][] rows = new float[40][10];
        float[] all = new float[400];
        for (int i = 0; i < all.length; i++) {
            // Few distinct values, so that there are ties, some of them next to each other in their bits.
            all[i] = Math.nextUp(1 + random.nextInt(30) * Math.ulp(1f)) * (1 + random.nextInt(3));
            rows[i / 10][i % 10] = all[i];
        }
        CodeSets codes = chunk(rows);
        float smallest = BatchSelection.keepLargest(List.of(codes), count);
        Arrays.sort(all);
        assertThat(smallest).isEqualTo(all[all.length - count]);
        assertThat(codes.main().count()).isEqualTo(count);
        float[] kept = Arrays.copyOf(codes.main().values(), count);
        Arrays.sort(kept);
        assertThat(kept).isEqualTo(Arrays.copyOfRange(all, all.length - count, all.length));
    }

    @ParameterizedTest
    @ValueSource(strings = {"8,4,16", "4,4,16", "0,16", "4,8", ""})
    void prefixesThatDoNotAscendToAllFeaturesAreRefused(String widths) {
        List<Integer> ends = Arrays.stream(widths.split(","))
                .filter(text -> !text.isEmpty())
                .map(Integer::valueOf)
                .toList();
        Matryoshka kind = new Matryoshka(2, TopK.Ranking.PRE_ACTIVATION, ends, Matryoshka.Weighting.MEAN);
        assertThatThrownBy(() -> kind.prefixes(16))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must ascend and end with the number of features, 16");
    }

    @Test
    void prefixesAreWeighedAsTheConventionsSay() {
        List<Integer> ends = List.of(2, 4, 8, 16);
        for (Matryoshka.Weighting weighting : Matryoshka.Weighting.values()) {
            Matryoshka kind = new Matryoshka(2, TopK.Ranking.PRE_ACTIVATION, ends, weighting);
            double expected =
                    switch (weighting) {
                        case MEAN -> 0.25;
                        case SUM -> 1;
                        case MEAN_OF_SHARES -> 0.0625;
                    };
            assertThat(kind.prefixes(16)).containsExactly(2, 4, 8, 16);
            assertThat(kind.prefixWeights(16)).containsExactly(expected, expected, expected, expected);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 3, 20})
    void aThresholdLetsAsManyPreActivationsThroughAsAreWanted(double wanted) {
        TrainingWeights weights = TrainingFixture.weights();
        float[] x_NI = sample(70);
        int above = 0;
        try (WorkCrew crew = new WorkCrew(3)) {
            float threshold =
                    new ThresholdCalibration(weights, Objective.InputBias.DECODER, crew).threshold(x_NI, wanted);
            for (int t = 0; t < 70; t++) {
                for (int j = 0; j < TrainingFixture.FEATURES; j++) {
                    above += product(weights, x_NI, t, j) > threshold ? 1 : 0;
                }
            }
        }
        assertThat(above / 70.0).isCloseTo(wanted, within(1.5 / 70));
    }

    @Test
    void aFactorOnThresholdsLetsAsManyPreActivationsThroughAsAreWanted() {
        TrainingWeights weights = TrainingFixture.weights();
        float[] x_NI = sample(70);
        float[] threshold_F = new float[TrainingFixture.FEATURES];
        for (int j = 1; j < threshold_F.length; j++) {
            threshold_F[j] = 0.1f * j;
        }
        int above = 0;
        try (WorkCrew crew = new WorkCrew(2)) {
            float factor =
                    new ThresholdCalibration(weights, Objective.InputBias.DECODER, crew).factor(x_NI, 3, threshold_F);
            for (int t = 0; t < 70; t++) {
                for (int j = 0; j < TrainingFixture.FEATURES; j++) {
                    above += product(weights, x_NI, t, j) > factor * threshold_F[j] ? 1 : 0;
                }
            }
        }
        assertThat(above / 70.0).isCloseTo(3, within(1.5 / 70));
    }

    @Test
    void aThresholdIsZeroWhereFewerPreActivationsArePositiveThanWanted() {
        TrainingWeights weights =
                new TrainingWeights(SaeShape.of(5, TrainingFixture.WIDTH, TopK.of(1)), LaneProduct::new);
        try (WorkCrew crew = new WorkCrew(1)) {
            assertThat(new ThresholdCalibration(weights, Objective.InputBias.NONE, crew).threshold(sample(20), 3))
                    .isZero();
        }
    }

    private static float[] sample(int rows) {
        SplittableRandom random = new SplittableRandom(5);
        float[] x = new float[rows * TrainingFixture.WIDTH];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextGaussian();
        }
        return x;
    }

    private static double product(TrainingWeights weights, float[] x, int row, int feature) {
        double h = weights.b_enc_F()[feature];
        for (int c = 0; c < TrainingFixture.WIDTH; c++) {
            h += (x[row * TrainingFixture.WIDTH + c] - (double) weights.b_dec()[c])
                    * weights.w_enc().array(feature)[weights.w_enc().at(feature) + c];
        }
        return h;
    }
}
