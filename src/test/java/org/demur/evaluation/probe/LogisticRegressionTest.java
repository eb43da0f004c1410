package org.demur.evaluation.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LogisticRegressionTest {
    private static final double[][] ROWS = new double[60][3];
    private static final boolean[] POSITIVE = new boolean[60];

    static {
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < ROWS.length; i++) {
            POSITIVE[i] = i % 3 == 0;
            ROWS[i][0] = random.nextGaussian() + (POSITIVE[i] ? 1 : 0);
            ROWS[i][1] = 3 * random.nextGaussian() + 500;
            ROWS[i][2] = 7;
        }
    }

    @Test
    void theGradientIsThatOfTheLoss() {
        LogisticRegression regression = new LogisticRegression(ROWS, POSITIVE);
        double[] at = {0.3, -0.7, 0.1, 0.4};
        double[] gradient = regression.gradient(at);
        for (int c = 0; c < at.length; c++) {
            double[] up = at.clone();
            double[] down = at.clone();
            up[c] += 1e-5;
            down[c] -= 1e-5;
            assertThat(gradient[c]).isCloseTo((regression.loss(up) - regression.loss(down)) / 2e-5, within(1e-6));
        }
    }

    /** With mean 0 and mean square 1, the units of the rows are those of the parameters. */
    @Test
    void theFitIsWhereTheGradientVanishes() {
        double[][] symmetric = {{-1, 1}, {-1, -1}, {1, 1}, {1, -1}};
        boolean[] positive = {false, false, true, true};
        LogisticRegression regression = new LogisticRegression(symmetric, positive);
        LinearProbe probe = regression.fit();
        assertThat(regression.gradient(new double[] {probe.weights()[0], probe.weights()[1], probe.bias()}))
                .containsExactly(new double[3], within(1e-4));
        // w = 4 / (1 + e^w).
        assertThat(probe.weights()[0]).isCloseTo(4 / (1 + Math.exp(probe.weights()[0])), within(1e-4));
        assertThat(probe.weights()[1]).isCloseTo(0, within(1e-6));
    }

    @Test
    void theScaleOfTheRowsDoesNotMatter() {
        double[][] scaled = new double[ROWS.length][];
        for (int i = 0; i < ROWS.length; i++) {
            scaled[i] = new double[] {1000 * ROWS[i][0], 1000 * ROWS[i][1], 1000 * ROWS[i][2]};
        }
        LinearProbe plain = new LogisticRegression(ROWS, POSITIVE).fit();
        LinearProbe probe = new LogisticRegression(scaled, POSITIVE).fit();
        assertThat(probe.weights()[0] * 1000).isCloseTo(plain.weights()[0], within(1e-4));
        assertThat(probe.score(scaled[7])).isCloseTo(plain.score(ROWS[7]), within(1e-3));
    }
}
