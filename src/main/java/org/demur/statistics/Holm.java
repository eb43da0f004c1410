package org.demur.statistics;

import java.util.Comparator;
import java.util.stream.IntStream;

/** Holm's step-down correction (Holm 1979), which bounds the chance of any false rejection in a family of tests. */
public final class Holm {
    private Holm() {}

    /** Adjusted p values in the order given; rejecting those below alpha keeps the family's error at alpha. */
    public static double[] adjusted(double[] p) {
        int[] ascending = IntStream.range(0, p.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> p[i]))
                .mapToInt(Integer::intValue)
                .toArray();
        double[] adjusted = new double[p.length];
        double highest = 0;
        for (int rank = 0; rank < p.length; rank++) {
            double own = p[ascending[rank]];
            if (!(own >= 0 && own <= 1)) {
                throw new IllegalArgumentException("Not a p value: " + own);
            }
            highest = Math.max(highest, Math.min(1, (p.length - rank) * own));
            adjusted[ascending[rank]] = highest;
        }
        return adjusted;
    }
}
