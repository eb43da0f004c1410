package org.demur.statistics;

import org.apache.commons.math3.stat.interval.ConfidenceInterval;
import org.apache.commons.math3.stat.interval.WilsonScoreInterval;

/** {@code hits} of {@code n} independent trials. */
public record Proportion(int hits, int n) {
    public Proportion {
        if (n <= 0 || hits < 0 || hits > n) {
            throw new IllegalArgumentException("Not a proportion: " + hits + " of " + n);
        }
    }

    /** The observed rate. */
    public double rate() {
        return (double) hits / n;
    }

    /**
     * Wilson's score interval (Wilson 1927), which keeps its coverage at rates near 0 and 1 and small n, where refusal
     * rates live.
     */
    public Interval wilson(double confidence) {
        ConfidenceInterval interval = new WilsonScoreInterval().createInterval(n, hits, confidence);
        // At the ends the bounds are exact; the quotient misses them by rounding.
        return new Interval(
                hits == 0 ? 0 : Math.max(0, interval.getLowerBound()),
                hits == n ? 1 : Math.min(1, interval.getUpperBound()));
    }
}
