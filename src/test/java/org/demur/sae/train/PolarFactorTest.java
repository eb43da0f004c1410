package org.demur.sae.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.demur.sae.LaneProduct;
import org.demur.sae.WorkCrew;
import org.junit.jupiter.api.Test;

class PolarFactorTest {
    private static final int ROWS = 90;
    private static final int WIDTH = 20;

    @Test
    void makesTheColumnsOfATallMatrixNearlyOrthonormal() {
        SplittableRandom random = new SplittableRandom(2);
        double[] m = new double[ROWS * WIDTH];
        for (int i = 0; i < m.length; i++) {
            m[i] = random.nextGaussian() * (1 + i % WIDTH);
        }
        double[] gram = gram(m);
        double trace = 0;
        for (int c = 0; c < WIDTH; c++) {
            trace += gram[c * WIDTH + c];
        }
        float[] p;
        try (WorkCrew crew = new WorkCrew(2);
                PolarFactor factor = new PolarFactor(WIDTH, LaneProduct::new, crew)) {
            p = factor.of(gram, trace);
            assertThat(factor.of(new double[WIDTH * WIDTH], 0)).containsOnly(0f);
        }
        double[] u = new double[ROWS * WIDTH];
        for (int r = 0; r < ROWS; r++) {
            for (int c = 0; c < WIDTH; c++) {
                for (int k = 0; k < WIDTH; k++) {
                    u[r * WIDTH + c] += m[r * WIDTH + k] * p[k * WIDTH + c];
                }
            }
        }
        double[] product = gram(u);
        for (int i = 0; i < WIDTH; i++) {
            for (int j = 0; j < WIDTH; j++) {
                double entry = product[i * WIDTH + j];
                if (i == j) {
                    assertThat(entry).isBetween(0.4, 1.5);
                } else {
                    assertThat(Math.abs(entry)).isLessThan(0.3);
                }
            }
        }
    }

    private static double[] gram(double[] rows) {
        double[] gram = new double[WIDTH * WIDTH];
        for (int i = 0; i < gram.length; i++) {
            for (int r = 0; r < ROWS; r++) {
                gram[i] += rows[r * WIDTH + i / WIDTH] * rows[r * WIDTH + i % WIDTH];
            }
        }
        return gram;
    }
}
