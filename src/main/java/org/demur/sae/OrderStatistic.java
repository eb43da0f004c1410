package org.demur.sae;

import java.util.function.IntFunction;

/**
 * The height that a wanted number of positive floats exceed. Exact and independent of any order: positive floats order like their
 * bits, so two passes of integer counting, over the upper and then over the lower half of the bits, find it.
 */
public final class OrderStatistic {
    /** Number of values of half the bits. */
    public static final int HALF = 1 << 16;

    /** Asks for the counts of the upper halves of all floats. */
    public static final int EVERY = -1;

    private OrderStatistic() {}

    /**
     * The least height that at most {@code wanted} floats exceed; 0 if no more are positive at all.
     *
     * @param counts of {@link #EVERY}: how often each upper half occurs among the positive floats; of any upper half: how often
     *     each lower half occurs with it
     */
    public static float exceededBy(long wanted, IntFunction<long[]> counts) {
        long[] upper = counts.apply(EVERY);
        long above = 0;
        int bucket = HALF / 2 - 1;
        while (bucket >= 0 && above + upper[bucket] <= wanted) {
            above += upper[bucket--];
        }
        if (bucket < 0) {
            return 0;
        }
        long[] lower = counts.apply(bucket);
        int low = HALF - 1;
        while (above + lower[low] <= wanted) {
            above += lower[low--];
        }
        return Float.intBitsToFloat(bucket << 16 | low);
    }
}
