package org.demur.direction;

import java.io.Serializable;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Residuals of the training prompts at one layer and position, harmful prompts first. Shapes: N prompts, D width.
 *
 * @param x_ND one row a prompt
 * @param nHarmful rows of harmful prompts
 */
record Samples(float[][] x_ND, int nHarmful) implements Serializable {

    static Samples of(Stream<float[]> harmful, Stream<float[]> harmless) {
        float[][] harmful_ND = harmful.toArray(float[][]::new);
        return new Samples(Stream.concat(Stream.of(harmful_ND), harmless).toArray(float[][]::new), harmful_ND.length);
    }

    int n() {
        return x_ND.length;
    }

    int width() {
        return x_ND[0].length;
    }

    /** Every row once. */
    int[] all() {
        return IntStream.range(0, n()).toArray();
    }

    /** Inner products of all rows, in float64. */
    double[][] gram() {
        double[][] gram_NN = new double[n()][n()];
        for (int i = 0; i < n(); i++) {
            for (int j = 0; j <= i; j++) {
                double sum = 0;
                for (int k = 0; k < width(); k++) {
                    sum += (double) x_ND[i][k] * x_ND[j][k];
                }
                gram_NN[i][j] = sum;
                gram_NN[j][i] = sum;
            }
        }
        return gram_NN;
    }

    /** The sum of the rows with these weights, in float64. */
    double[] combined(double[] weight_N) {
        double[] sum_D = new double[width()];
        for (int i = 0; i < n(); i++) {
            for (int k = 0; k < sum_D.length; k++) {
                sum_D[k] += weight_N[i] * x_ND[i][k];
            }
        }
        return sum_D;
    }
}
