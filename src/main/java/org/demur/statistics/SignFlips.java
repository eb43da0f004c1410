package org.demur.statistics;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/**
 * The paired permutation test (Fisher 1935, section 21): if two treatments do the same, every paired difference is as
 * likely to have the other sign. Two-sided p of the sum, hence of the mean; the differences may have any distribution.
 */
public final class SignFlips {
    /** Up to so many differences other than 0, all of their sign patterns are counted: about a million. */
    static final int MOST_COUNTED = 20;

    /** A flipped sum in floating point counts as equal to the observed one within this share of all magnitudes. */
    private static final double ROUNDING = 1e-12;

    private SignFlips() {}

    /**
     * The exact p of whole differences, such as counts, for any number of pairs, from the distribution of the sum built
     * up difference by difference (Pagano and Tritchler 1983). Time and memory grow with the sum of magnitudes.
     */
    public static double exact(long[] differences) {
        int reach = Math.toIntExact(LongStream.of(differences).map(Math::abs).reduce(0, Math::addExact));
        long observed = Math.abs(LongStream.of(differences).sum());
        double[] chance = new double[2 * reach + 1];
        chance[reach] = 1;
        int low = reach;
        int high = reach;
        for (long difference : differences) {
            int step = (int) Math.abs(difference);
            double[] next = new double[chance.length];
            for (int sum = low; sum <= high; sum++) {
                next[sum - step] += chance[sum] / 2;
                next[sum + step] += chance[sum] / 2;
            }
            low -= step;
            high += step;
            chance = next;
        }
        double p = 0;
        for (int sum = 0; sum < chance.length; sum++) {
            p += Math.abs(sum - reach) >= observed ? chance[sum] : 0;
        }
        return Math.min(1, p);
    }

    /**
     * The p of any differences: exact for at most 20 that are not 0, otherwise (1 + as extreme) / (1 + flips) over random
     * sign patterns, which never understates it (Phipson and Smyth 2010).
     *
     * @param flips random patterns
     * @param seed decides them
     */
    public static double p(double[] differences, int flips, long seed) {
        double[] changed = Arrays.stream(differences).filter(d -> d != 0).toArray();
        double slack = ROUNDING * Arrays.stream(changed).map(Math::abs).sum();
        double observed = Math.abs(Arrays.stream(changed).sum()) - slack;
        return changed.length <= MOST_COUNTED
                ? counted(changed, observed)
                : sampled(changed, observed, flips, new SplittableRandom(seed));
    }

    private static double counted(double[] changed, double observed) {
        int patterns = 1 << changed.length;
        int extreme = 0;
        for (int pattern = 0; pattern < patterns; pattern++) {
            double sum = 0;
            for (int i = 0; i < changed.length; i++) {
                sum += (pattern >> i & 1) == 0 ? changed[i] : -changed[i];
            }
            extreme += Math.abs(sum) >= observed ? 1 : 0;
        }
        return (double) extreme / patterns;
    }

    private static double sampled(double[] changed, double observed, int flips, SplittableRandom random) {
        int extreme = 0;
        for (int flip = 0; flip < flips; flip++) {
            double sum = 0;
            long signs = 0;
            for (int i = 0; i < changed.length; i++) {
                signs = i % Long.SIZE == 0 ? random.nextLong() : signs >>> 1;
                sum += (signs & 1) == 0 ? changed[i] : -changed[i];
            }
            extreme += Math.abs(sum) >= observed ? 1 : 0;
        }
        return (1.0 + extreme) / (1.0 + flips);
    }
}
