package org.demur.bench;

import java.util.Arrays;

/**
 * Median and range of repeated readings.
 *
 * @param n number of readings
 */
record Spread(double median, double min, double max, int n) {

    /** The spread of at least one reading; the median of an even number is the mean of the two in the middle. */
    static Spread of(double... readings) {
        if (readings.length == 0) {
            throw new IllegalArgumentException("A spread needs at least one reading");
        }
        double[] sorted = readings.clone();
        Arrays.sort(sorted);
        int n = sorted.length;
        return new Spread((sorted[(n - 1) / 2] + sorted[n / 2]) / 2, sorted[0], sorted[n - 1], n);
    }
}
