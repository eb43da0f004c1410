package org.demur.fluency;

import java.io.Serializable;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How much a sequence of tokens repeats itself.
 *
 * @param distinct share of different n-grams among all n-grams, for n = 1, 2, 3 (distinct-n, Li et al. 2016); NaN for a
 *     sequence shorter than n
 * @param longest_tokens length of the longest run of tokens that occurs at two places, which may overlap
 */
public record Repetition(double[] distinct, int longest_tokens) implements Serializable {
    private static final int LONGEST_GRAM = 3;

    /** Measures a sequence; takes time quadratic in its length. */
    public static Repetition of(int[] tokenIds) {
        double[] distinct = IntStream.rangeClosed(1, LONGEST_GRAM)
                .mapToDouble(n -> distinct(tokenIds, n))
                .toArray();
        return new Repetition(distinct, longest(tokenIds));
    }

    private static double distinct(int[] tokenIds, int n) {
        int grams = tokenIds.length - n + 1;
        if (grams < 1) {
            return Double.NaN;
        }
        Set<String> seen = new HashSet<>();
        for (int t = 0; t < grams; t++) {
            seen.add(Arrays.stream(tokenIds, t, t + n)
                    .mapToObj(Integer::toString)
                    .collect(Collectors.joining(" ")));
        }
        return (double) seen.size() / grams;
    }

    /** The longest common suffix of any two prefixes, row by row. */
    private static int longest(int[] tokenIds) {
        int longest = 0;
        int[] suffix = new int[tokenIds.length + 1];
        for (int a = 1; a <= tokenIds.length; a++) {
            // From the right, so that suffix[b - 1] still belongs to the row before.
            for (int b = a - 1; b >= 1; b--) {
                suffix[b] = tokenIds[a - 1] == tokenIds[b - 1] ? suffix[b - 1] + 1 : 0;
                longest = Math.max(longest, suffix[b]);
            }
        }
        return longest;
    }
}
