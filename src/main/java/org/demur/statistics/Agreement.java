package org.demur.statistics;

import org.apache.commons.math3.distribution.NormalDistribution;

/**
 * How often two judges of the same things said the same, as a table of counts.
 *
 * @param bothYes both said yes
 * @param onlyFirst the first said yes, the second no
 * @param onlySecond the second said yes, the first no
 * @param bothNo both said no
 */
public record Agreement(int bothYes, int onlyFirst, int onlySecond, int bothNo) {

    /** Counts the verdicts of two judges, paired by place. */
    public static Agreement of(boolean[] first, boolean[] second) {
        if (first.length != second.length) {
            throw new IllegalArgumentException(first.length + " verdicts beside " + second.length);
        }
        int[] counts = new int[4];
        for (int i = 0; i < first.length; i++) {
            counts[(first[i] ? 0 : 2) + (second[i] ? 0 : 1)]++;
        }
        return new Agreement(counts[0], counts[1], counts[2], counts[3]);
    }

    /** Things that both judged. */
    public int n() {
        return bothYes + onlyFirst + onlySecond + bothNo;
    }

    /** Share of things with the same verdict. */
    public double observed() {
        return (double) (bothYes + bothNo) / n();
    }

    /** The share that independent judges with the same rates would reach. */
    public double expected() {
        double n = n();
        double firstYes = (bothYes + onlyFirst) / n;
        double secondYes = (bothYes + onlySecond) / n;
        return firstYes * secondYes + (1 - firstYes) * (1 - secondYes);
    }

    /** Cohen's kappa (Cohen 1960): 1 is full agreement, 0 that of chance; NaN when both judges only ever say one thing. */
    public double kappa() {
        return (observed() - expected()) / (1 - expected());
    }

    /** The interval of kappa by its large-sample standard error (Cohen 1960, equation 7). */
    public Interval kappaInterval(double confidence) {
        double error = Math.sqrt(observed() * (1 - observed()) / n()) / (1 - expected());
        double half = new NormalDistribution(null, 0, 1).inverseCumulativeProbability(0.5 + confidence / 2) * error;
        return new Interval(kappa() - half, Math.min(1, kappa() + half));
    }
}
