package org.demur.scoring;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.demur.statistics.SignFlips;

/**
 * Two rankings on the same prompts at the same sizes. The area of a prompt is the share of sizes (and draws) at which it
 * is refused: a ranking that needs fewer features has the smaller area.
 *
 * @param first one ranking
 * @param second the other
 * @param sizes set sizes that both were measured at
 * @param first_P areas of the first by prompt, in the order of prompt ids
 * @param second_P areas of the second
 * @param p two-sided, exact, that the areas differ by chance
 */
record RankingPair(Ranking first, Ranking second, Set<Integer> sizes, double[] first_P, double[] second_P, double p) {

    /** Pairs the rankings; empty when they share no size or no prompt. */
    static Optional<RankingPair> of(Ranking first, Ranking second) {
        Set<Integer> sizes = new TreeSet<>(first.sizes());
        sizes.retainAll(second.sizes());
        Map<String, Integer> refusals = new TreeMap<>(first.refusals(sizes));
        Map<String, Integer> others = second.refusals(sizes);
        refusals.keySet().retainAll(others.keySet());
        if (sizes.isEmpty() || refusals.isEmpty()) {
            return Optional.empty();
        }
        int n = refusals.size();
        int drawsOfFirst = first.draws().size();
        int drawsOfSecond = second.draws().size();
        double[] first_P = new double[n];
        double[] second_P = new double[n];
        long[] scaled_P = new long[n];
        int i = 0;
        for (Map.Entry<String, Integer> prompt : refusals.entrySet()) {
            int own = prompt.getValue();
            int other = others.get(prompt.getKey());
            first_P[i] = (double) own / (sizes.size() * drawsOfFirst);
            second_P[i] = (double) other / (sizes.size() * drawsOfSecond);
            // Differences of areas times sizes and draws of both are whole, so their distribution can be counted.
            scaled_P[i++] = (long) own * drawsOfSecond - (long) other * drawsOfFirst;
        }
        return Optional.of(new RankingPair(first, second, sizes, first_P, second_P, SignFlips.exact(scaled_P)));
    }

    /** Area of the first less area of the second, by prompt. */
    double[] differences() {
        double[] difference_P = new double[first_P.length];
        for (int i = 0; i < difference_P.length; i++) {
            difference_P[i] = first_P[i] - second_P[i];
        }
        return difference_P;
    }
}
