package org.demur.scoring;

import org.demur.statistics.Interval;
import org.demur.statistics.Proportion;

/** A proportion with its interval as columns hold them: all of them null when nothing was counted. */
record Rate(Double rate, Double low, Double high) {
    static Rate of(int hits, int n) {
        if (n == 0) {
            return new Rate(null, null, null);
        }
        Proportion proportion = new Proportion(hits, n);
        Interval interval = proportion.wilson(ScoreStage.CONFIDENCE);
        return new Rate(proportion.rate(), interval.low(), interval.high());
    }
}
