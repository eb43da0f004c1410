package org.demur.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.FloatBuffer;
import java.util.SplittableRandom;
import org.demur.sae.LaneProduct;
import org.demur.sae.MatrixProduct;
import org.demur.sae.WorkCrew;
import org.junit.jupiter.api.Test;

class NativeProductTest {
    private static final int FEATURES = 300;
    private static final int WIDTH = 72;
    private static final int ROWS = 40;

    private static float[] noise(int n, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static float[] multiply(MatrixProduct product, MatrixProduct.Chunk chunk, int rows) {
        float[] w = noise(FEATURES * WIDTH, 1);
        for (int j = 0; j < FEATURES; j++) {
            product.put(j, w, j * WIDTH);
        }
        chunk.x_RD().put(0, noise(rows * WIDTH, 2));
        float[] y = new float[rows * FEATURES];
        FloatBuffer result = chunk.multiply(rows);
        result.get(0, y);
        return y;
    }

    @Test
    void agreesWithTheProductInPlainJava() {
        try (MatrixProduct nativeProduct = new NativeProduct(FEATURES, WIDTH);
                MatrixProduct.Chunk nativeChunk = nativeProduct.chunk(ROWS);
                MatrixProduct plain = new LaneProduct(FEATURES, WIDTH);
                MatrixProduct.Chunk plainChunk = plain.chunk(ROWS)) {
            for (int rows : new int[] {ROWS, 7, 1, ROWS}) {
                float[] expected = multiply(plain, plainChunk, rows);
                float[] found = multiply(nativeProduct, nativeChunk, rows);
                for (int i = 0; i < expected.length; i++) {
                    assertThat(found[i]).isCloseTo(expected[i], within(1e-4f));
                }
            }
        }
    }

    @Test
    void aChunkHasTheSameBitsOnAnyThread() {
        try (MatrixProduct product = new NativeProduct(FEATURES, WIDTH);
                WorkCrew crew = new WorkCrew(3)) {
            float[][] results = new float[12][];
            crew.run(12, (part, slot) -> {
                try (MatrixProduct.Chunk chunk = product.chunk(ROWS)) {
                    chunk.x_RD().put(0, noise(ROWS * WIDTH, 2));
                    results[part] = new float[ROWS * FEATURES];
                    chunk.multiply(ROWS).get(0, results[part]);
                }
            });
            for (float[] result : results) {
                assertThat(result).isEqualTo(results[0]);
            }
        }
    }

    @Test
    void refusesMoreRowsThanTheBuffersHold() {
        try (MatrixProduct product = new NativeProduct(FEATURES, WIDTH);
                MatrixProduct.Chunk chunk = product.chunk(ROWS)) {
            assertThatThrownBy(() -> chunk.multiply(ROWS + 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("1.." + ROWS);
        }
    }
}
