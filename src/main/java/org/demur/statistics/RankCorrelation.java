package org.demur.statistics;

import java.util.Arrays;
import org.apache.commons.math3.stat.correlation.SpearmansCorrelation;

/** How alike two orders are. */
public final class RankCorrelation {
    private RankCorrelation() {}

    /** Spearman's rho with mean ranks for ties (Spearman 1904); NaN when one side has a single value only. */
    public static double spearman(double[] a, double[] b) {
        boolean varies = a.length > 1 && varies(a) && varies(b);
        return varies ? new SpearmansCorrelation().correlation(a, b) : Double.NaN;
    }

    private static boolean varies(double[] values) {
        return Arrays.stream(values).anyMatch(value -> value != values[0]);
    }
}
