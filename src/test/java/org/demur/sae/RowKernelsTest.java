package org.demur.sae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowKernelsTest {
    private static float[] noise(int n, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 8, 16, 29, 576})
    void gathersRowsInOrderWithFusedMultiplyAdd(int d) {
        float[] rows = noise(20 * d, 1);
        float[] weights = noise(7, 2);
        int[] indices = {3, 19, 0, 3, 11, 7, 2};
        float[] target = noise(d + 2, 3);
        float[] expected = target.clone();
        RowKernels.gather(new RowKernels.RowSum(target, 2, rows, d), indices, weights, 0, 7);
        for (int c = 0; c < d; c++) {
            for (int i = 0; i < 7; i++) {
                expected[2 + c] = Math.fma(rows[indices[i] * d + c], weights[i], expected[2 + c]);
            }
        }
        assertThat(target).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 8, 16, 29, 576})
    void dotsAgreeWithDoubleSumsAndDoNotDependOnTheirPlace(int d) {
        float[] rows = noise(20 * d, 4);
        float[] vector = noise(d, 5);
        int[] indices = {3, 19, 0, 3, 11, 7, 2};
        float[] out = new float[7];
        RowKernels.dots(new RowKernels.RowSum(vector, 0, rows, d), indices, 0, 7, out, new float[32]);
        for (int i = 0; i < 7; i++) {
            double sum = 0;
            for (int c = 0; c < d; c++) {
                sum += (double) rows[indices[i] * d + c] * vector[c];
            }
            assertThat((double) out[i]).isCloseTo(sum, within(1e-5 * d));
        }
        float[] shifted = new float[7];
        RowKernels.dots(new RowKernels.RowSum(vector, 0, rows, d), indices, 6, 7, shifted, new float[32]);
        RowKernels.dots(new RowKernels.RowSum(vector, 0, rows, d), indices, 0, 6, shifted, new float[32]);
        assertThat(shifted).isEqualTo(out);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 8, 16, 29, 576})
    void centresStoredRowsWithOneRounding(int d) {
        short[] bits = new short[d + 2];
        float[] stored = noise(d + 2, 6);
        for (int c = 0; c < bits.length; c++) {
            bits[c] = (short) (Float.floatToRawIntBits(stored[c]) >>> 16);
        }
        float[] bias = noise(d, 7);
        float[] target = new float[d + 2];
        RowKernels.centre(bits, 1.7f, bias, target, 2);
        float[] expected = new float[d + 2];
        for (int c = 0; c < d; c++) {
            expected[2 + c] = Math.fma(Float.intBitsToFloat(bits[2 + c] << 16), 1.7f, -bias[c]);
        }
        assertThat(target).isEqualTo(expected);
    }
}
