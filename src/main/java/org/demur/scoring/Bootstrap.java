package org.demur.scoring;

/** How a percentile bootstrap is drawn: number of resamples, two-sided confidence (0.95), seed. */
public record Bootstrap(int resamples, double confidence, long seed) {
    public Bootstrap {
        if (resamples < 1 || confidence <= 0 || confidence >= 1) {
            throw new IllegalArgumentException("Bootstrap of " + resamples + " resamples at " + confidence);
        }
    }
}
