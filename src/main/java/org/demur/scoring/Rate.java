package org.demur.scoring;

import java.util.Arrays;
import org.demur.statistics.Bootstrap;
import org.demur.statistics.Interval;
import org.demur.statistics.Proportion;

/** A proportion or mean with its interval as columns hold them: all of them null when nothing was counted. */
record Rate(Double rate, Double low, Double high) {
    /** Nothing was counted. */
    static final Rate NONE = new Rate(null, null, null);

    static Rate ofMean(double[] values, Bootstrap bootstrap) {
        if (values.length == 0) {
            return NONE;
        }
        Interval interval = bootstrap.ofMean(values);
        return new Rate(Arrays.stream(values).sum() / values.length, interval.low(), interval.high());
    }

    static Rate of(int hits, int n) {
        if (n == 0) {
            return NONE;
        }
        Proportion proportion = new Proportion(hits, n);
        Interval interval = proportion.wilson(ScoreStage.CONFIDENCE);
        return new Rate(proportion.rate(), interval.low(), interval.high());
    }
}
