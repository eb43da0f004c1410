package org.demur.statistics;

import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.stat.descriptive.DescriptiveStatistics;

/**
 * A standardised difference with its interval.
 *
 * @param value 0.2 is small, 0.5 medium and 0.8 large by the convention of Cohen 1988
 */
public record EffectSize(double value, Interval interval) {

    /**
     * Cohen's h of two rates (Cohen 1988, chapter 6): the difference of 2 arcsin sqrt(rate), whose standard error hardly
     * depends on the rates. The interval takes the two samples as independent, which is cautious for pairs that agree.
     */
    public static EffectSize h(double rateA, int nA, double rateB, int nB, double confidence) {
        double h = 2 * Math.asin(Math.sqrt(rateA)) - 2 * Math.asin(Math.sqrt(rateB));
        return around(h, Math.sqrt(1.0 / nA + 1.0 / nB), confidence);
    }

    /**
     * Cohen's d of paired differences, their mean over their standard deviation, with the large-sample standard error
     * sqrt(1/n + d^2 / 2n) (Hedges and Olkin 1985). 0 where all differences are 0, infinite where they are all the same.
     */
    public static EffectSize d(double[] differences, double confidence) {
        DescriptiveStatistics statistics = new DescriptiveStatistics(differences);
        double mean = statistics.getMean();
        double deviation = statistics.getStandardDeviation();
        if (deviation == 0) {
            double d = mean == 0 ? 0 : Math.copySign(Double.POSITIVE_INFINITY, mean);
            return new EffectSize(d, new Interval(d, d));
        }
        double d = mean / deviation;
        return around(d, Math.sqrt((1 + d * d / 2) / differences.length), confidence);
    }

    private static EffectSize around(double value, double standardError, double confidence) {
        double half =
                new NormalDistribution(null, 0, 1).inverseCumulativeProbability(0.5 + confidence / 2) * standardError;
        return new EffectSize(value, new Interval(value - half, value + half));
    }
}
