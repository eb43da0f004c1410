package org.demur.evaluation;

import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;

/**
 * How often and how strongly every feature fires, and how many fire together; sums of parts add up to the sums of the whole.
 *
 * <p>Legend: {@code F} features.
 */
final class FeatureSums implements Serializable {
    private static final long serialVersionUID = 1L;

    private final long[] count_F;
    private final double[] sum_F;
    private final float[] largest_F;
    private final TreeMap<Integer, Long> rowsByActive = new TreeMap<>();
    private long rows;
    private double absolute;

    FeatureSums(int features) {
        count_F = new long[features];
        sum_F = new double[features];
        largest_F = new float[features];
    }

    /** Adds one row. */
    void add(ActiveFeatures row) {
        for (int i = 0; i < row.count(); i++) {
            int feature = row.features()[i];
            float value = row.values()[i];
            count_F[feature]++;
            sum_F[feature] += value;
            absolute += Math.abs(value);
            largest_F[feature] = larger(largest_F[feature], value);
        }
        rowsByActive.merge(row.count(), 1L, Long::sum);
        rows++;
    }

    /** Adds the sums of another part. */
    void add(FeatureSums part) {
        for (int j = 0; j < count_F.length; j++) {
            count_F[j] += part.count_F[j];
            sum_F[j] += part.sum_F[j];
            largest_F[j] = larger(largest_F[j], part.largest_F[j]);
        }
        part.rowsByActive.forEach((active, count) -> rowsByActive.merge(active, count, Long::sum));
        rows += part.rows;
        absolute += part.absolute;
    }

    /** Architectures that keep the sign have features whose values are below 0. */
    private static float larger(float one, float other) {
        return Math.abs(other) > Math.abs(one) ? other : one;
    }

    int features() {
        return count_F.length;
    }

    long rows() {
        return rows;
    }

    /** Rows on which the feature is active. */
    long count(int feature) {
        return count_F[feature];
    }

    /** Share of rows on which the feature is active. */
    double density(int feature) {
        return (double) count_F[feature] / rows;
    }

    /** Mean value on the rows on which the feature is active; NaN when there are none. */
    double meanActive(int feature) {
        return sum_F[feature] / count_F[feature];
    }

    /** Value of largest size; 0 when the feature never fires. */
    float largest(int feature) {
        return largest_F[feature];
    }

    /** How many rows have each number of active features. */
    Map<Integer, Long> rowsByActive() {
        return rowsByActive;
    }

    Activity activity() {
        double active = 0;
        int silent = 0;
        int aboveOnePercent = 0;
        int aboveTenPercent = 0;
        for (int j = 0; j < count_F.length; j++) {
            active += count_F[j];
            silent += count_F[j] == 0 ? 1 : 0;
            aboveOnePercent += density(j) > 0.01 ? 1 : 0;
            aboveTenPercent += density(j) > 0.1 ? 1 : 0;
        }
        double features = count_F.length;
        return new Activity(
                new Activity.Count(active / rows, percentile(5), percentile(50), percentile(95), percentile(100)),
                absolute / rows,
                silent / features,
                aboveOnePercent / features,
                aboveTenPercent / features);
    }

    /** The smallest number of active features that {@code percent} per cent of the rows do not exceed. */
    private int percentile(int percent) {
        long seen = 0;
        for (Map.Entry<Integer, Long> entry : rowsByActive.entrySet()) {
            seen += entry.getValue();
            if (100 * seen >= percent * rows) {
                return entry.getKey();
            }
        }
        return 0;
    }
}
