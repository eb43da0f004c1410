package org.demur.evaluation.probe;

import java.io.Serializable;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;
import org.apache.commons.math3.stat.descriptive.rank.Percentile.EstimationType;
import org.apache.commons.math3.stat.interval.ConfidenceInterval;
import org.apache.commons.math3.stat.interval.WilsonScoreInterval;

/**
 * A figure with its 95 % interval.
 *
 * @param n prompts behind it
 */
public record Measurement(double value, double low, double high, int n) implements Serializable {
    private static final double CONFIDENCE = 0.95;

    /** The share of {@code n} prompts that are hits, with Wilson's interval; NaN of none. */
    static Measurement share(int hits, int n) {
        if (n == 0) {
            return new Measurement(Double.NaN, Double.NaN, Double.NaN, 0);
        }
        ConfidenceInterval wilson = new WilsonScoreInterval().createInterval(n, hits, CONFIDENCE);
        return new Measurement(
                (double) hits / n, Math.max(0, wilson.getLowerBound()), Math.min(1, wilson.getUpperBound()), n);
    }

    /** The share of what is true. */
    static Measurement share(boolean[] hits) {
        int count = 0;
        for (boolean hit : hits) {
            count += hit ? 1 : 0;
        }
        return share(count, hits.length);
    }

    /**
     * A weighted sum of means over samples, with the percentile interval of a bootstrap that draws every sample anew.
     *
     * @param samples values by prompt, at least one with at least one value; {@code n} is the size of the first
     * @param weights one a sample
     * @param draws how the bootstrap is drawn
     */
    static Measurement ofMeans(List<double[]> samples, double[] weights, Draws draws) {
        SplittableRandom random = new SplittableRandom(draws.seed());
        double value = 0;
        double[] resampled = new double[draws.resamples()];
        for (int s = 0; s < weights.length; s++) {
            double[] sample = samples.get(s);
            for (double one : sample) {
                value += weights[s] * one / sample.length;
            }
            for (int r = 0; r < resampled.length; r++) {
                double sum = 0;
                for (int i = 0; i < sample.length; i++) {
                    sum += sample[random.nextInt(sample.length)];
                }
                resampled[r] += weights[s] * sum / sample.length;
            }
        }
        Percentile percentile = new Percentile().withEstimationType(EstimationType.R_7);
        percentile.setData(resampled);
        double tail = 50 * (1 - CONFIDENCE);
        return new Measurement(
                value, percentile.evaluate(tail), percentile.evaluate(100 - tail), samples.get(0).length);
    }

    /** How often a bootstrap draws, and its seed. */
    record Draws(int resamples, long seed) {}
}
