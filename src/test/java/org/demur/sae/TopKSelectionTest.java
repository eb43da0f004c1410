package org.demur.sae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.FloatBuffer;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopKSelectionTest {
    @ParameterizedTest
    @CsvSource({"1, 1", "7, 7", "31, 5", "128, 8", "1000, 32", "4608, 32", "4608, 300", "97, 96"})
    void selectsWhatSortingSelects(int features, int k) {
        SplittableRandom random = new SplittableRandom(31L * features + k);
        TopKSelection selection = new TopKSelection(features, k);
        for (int trial = 0; trial < 20; trial++) {
            // Few distinct values make ties; a negative shift makes rows with fewer than k positive ones.
            int distinct = trial % 2 == 0 ? 1 << 20 : 6;
            double shift = trial % 3 == 0 ? 0.9 : 0.5;
            float[] row = new float[features];
            for (int j = 0; j < features; j++) {
                row[j] = (float) (random.nextInt(distinct) / (double) distinct - shift);
            }
            check(selection, row, features, k);
        }
    }

    private static void check(TopKSelection selection, float[] row, int features, int k) {
        int[] indices = new int[k];
        float[] values = new float[k];
        selection.load(FloatBuffer.wrap(row), 0, new float[features]);
        selection.select(indices, values, 0);
        int[] expected = IntStream.range(0, features)
                .boxed()
                .sorted(Comparator.<Integer>comparingDouble(j -> -row[j]).thenComparing(j -> j))
                .limit(k)
                .mapToInt(j -> j)
                .sorted()
                .toArray();
        assertThat(indices).isEqualTo(expected);
        for (int i = 0; i < k; i++) {
            assertThat(values[i]).isEqualTo(Math.max(row[expected[i]], 0));
        }
    }

    @Test
    void addsTheBiasBeforeSelecting() {
        TopKSelection selection = new TopKSelection(3, 1);
        int[] index = new int[1];
        float[] value = new float[1];
        selection.load(FloatBuffer.wrap(new float[] {9, 1, 2, 3}), 1, new float[] {5, 0, 0});
        selection.select(index, value, 0);
        assertThat(index[0]).isZero();
        assertThat(value[0]).isEqualTo(6);
    }

    @Test
    void ranksInfinitiesAndZeros() {
        float[] row = new float[64];
        for (int j = 0; j < row.length; j++) {
            row[j] = j % 2 == 0 ? Float.NEGATIVE_INFINITY : j % 3 == 0 ? Float.POSITIVE_INFINITY : 0;
        }
        TopKSelection selection = new TopKSelection(row.length, 16);
        check(selection, row, row.length, 16);
        check(selection, row, row.length, 16);
    }

    @Test
    void refusesANegativeNaN() {
        float[] row = new float[40];
        row[3] = Float.intBitsToFloat(0xFFC00000);
        TopKSelection selection = new TopKSelection(40, 2);
        selection.load(FloatBuffer.wrap(row), 0, new float[40]);
        assertThatThrownBy(() -> selection.select(new int[2], new float[2], 0))
                .isInstanceOf(ArithmeticException.class)
                .hasMessageContaining("NaN");
    }

    @Test
    void refusesRowsThatHoldNaN() {
        TopKSelection selection = new TopKSelection(4, 4);
        selection.load(FloatBuffer.wrap(new float[] {1, Float.NaN, 2, 3}), 0, new float[4]);
        assertThatThrownBy(() -> selection.select(new int[4], new float[4], 0))
                .isInstanceOf(ArithmeticException.class)
                .hasMessageContaining("NaN");
    }

    @Test
    void refusesNaNInARowAfterAnotherThatSetTheBound() {
        TopKSelection selection = new TopKSelection(40, 2);
        float[] row = new float[40];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        selection.load(FloatBuffer.wrap(row), 0, new float[40]);
        selection.select(new int[2], new float[2], 0);
        row[7] = Float.NaN;
        selection.load(FloatBuffer.wrap(row), 0, new float[40]);
        assertThatThrownBy(() -> selection.select(new int[2], new float[2], 0))
                .isInstanceOf(ArithmeticException.class)
                .hasMessageContaining("NaN");
    }
}
