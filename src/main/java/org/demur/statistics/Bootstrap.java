package org.demur.statistics;

import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;
import org.apache.commons.math3.stat.descriptive.rank.Percentile.EstimationType;

/** How a percentile bootstrap (Efron 1979) is drawn: number of resamples, two-sided confidence (0.95), seed. */
public record Bootstrap(int resamples, double confidence, long seed) {
    /** At least one resample, and a confidence between 0 and 1. */
    public Bootstrap {
        if (resamples < 1 || confidence <= 0 || confidence >= 1) {
            throw new IllegalArgumentException("Bootstrap of " + resamples + " resamples at " + confidence);
        }
    }

    /**
     * The interval of a statistic of {@code n} units, such as prompts, of which each resample draws {@code n} with
     * replacement. The same seed gives the same draws, so statistics of one sample stay paired.
     *
     * @param statistic of the places of the units drawn; the array is used again for the next resample
     */
    public Interval interval(int n, ToDoubleFunction<int[]> statistic) {
        return quantiles(values(n, statistic), confidence);
    }

    /** The interval of the mean of these values. */
    public Interval ofMean(double[] values) {
        return interval(values.length, drawn -> {
            double sum = 0;
            for (int i : drawn) {
                sum += values[i];
            }
            return sum / drawn.length;
        });
    }

    /** The statistic of every resample, as in {@link #interval}. */
    public double[] values(int n, ToDoubleFunction<int[]> statistic) {
        SplittableRandom random = new SplittableRandom(seed);
        double[] values = new double[resamples];
        int[] drawn = new int[n];
        for (int r = 0; r < resamples; r++) {
            for (int i = 0; i < n; i++) {
                drawn[i] = random.nextInt(n);
            }
            values[r] = statistic.applyAsDouble(drawn);
        }
        return values;
    }

    /** The central part of the values that holds {@code confidence} of them, by linear interpolation of ranks. */
    public static Interval quantiles(double[] values, double confidence) {
        Percentile percentile = new Percentile().withEstimationType(EstimationType.R_7);
        percentile.setData(values);
        double tail = 50 * (1 - confidence);
        return new Interval(percentile.evaluate(tail), percentile.evaluate(100 - tail));
    }
}
