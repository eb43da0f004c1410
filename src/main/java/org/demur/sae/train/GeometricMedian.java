package org.demur.sae.train;

import java.util.Arrays;

/**
 * The point with the least sum of distances to given points, by Weiszfeld's iteration from the mean: a centre that a few far
 * outliers do not move. Distances are kept away from 0, so a point that coincides with the estimate is harmless.
 */
public final class GeometricMedian {
    private static final int MOST_ITERATIONS = 50;
    private static final double TOLERANCE = 1e-5;
    private static final double LEAST_DISTANCE = 1e-8;

    private GeometricMedian() {}

    /** The median of the rows of {@code points_ND}. */
    public static float[] of(float[] points_ND, int d) {
        int n = points_ND.length / d;
        double[] centre = new double[d];
        double[] weights = new double[n];
        Arrays.fill(weights, 1);
        average(points_ND, weights, centre);
        for (int iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
            for (int i = 0; i < n; i++) {
                weights[i] = 1 / Math.max(LEAST_DISTANCE, distance(points_ND, i * d, centre));
            }
            double[] before = centre.clone();
            average(points_ND, weights, centre);
            double moved = 0;
            double size = 0;
            for (int c = 0; c < d; c++) {
                moved += (centre[c] - before[c]) * (centre[c] - before[c]);
                size += centre[c] * centre[c];
            }
            if (moved <= TOLERANCE * TOLERANCE * size) {
                break;
            }
        }
        float[] median = new float[d];
        for (int c = 0; c < d; c++) {
            median[c] = (float) centre[c];
        }
        return median;
    }

    private static double distance(float[] points, int at, double[] centre) {
        double sum = 0;
        for (int c = 0; c < centre.length; c++) {
            double difference = points[at + c] - centre[c];
            sum += difference * difference;
        }
        return Math.sqrt(sum);
    }

    private static void average(float[] points, double[] weights, double[] centre) {
        int d = centre.length;
        Arrays.fill(centre, 0);
        double total = 0;
        for (int i = 0; i < weights.length; i++) {
            total += weights[i];
            for (int c = 0; c < d; c++) {
                centre[c] += weights[i] * points[i * d + c];
            }
        }
        for (int c = 0; c < d; c++) {
            centre[c] /= total;
        }
    }
}
