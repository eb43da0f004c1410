package org.demur.activations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class VectorSumTest {
    @Test
    void theOrderOfTheTermsDoesNotMatter() {
        Random random = new Random(1);
        VectorSum forward = new VectorSum(1);
        VectorSum left = new VectorSum(1);
        VectorSum right = new VectorSum(1);
        double exact = 0;
        for (int i = 0; i < 10_000; i++) {
            float[] value = {(float) (random.nextGaussian() * Math.pow(10, random.nextInt(6)))};
            exact += value[0];
            forward.add(value);
            (i % 3 == 0 ? left : right).add(value);
        }

        assertThat(right.plus(left).mean()).containsExactly(forward.mean());
        assertThat((double) forward.mean()[0]).isCloseTo(exact / 10_000, within(1e-3));
    }

    @Test
    void overflowFails() {
        VectorSum sum = new VectorSum(1);
        sum.add(new float[] {5e11f});

        assertThatThrownBy(() -> sum.add(new float[] {5e11f}))
                .isInstanceOf(ArithmeticException.class)
                .hasMessageContaining("overflow");
    }
}
