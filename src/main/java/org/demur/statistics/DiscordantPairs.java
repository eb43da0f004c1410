package org.demur.statistics;

import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.BinomialDistribution;

/**
 * Prompts on which an intervention changed the verdict.
 *
 * @param becameRefused complied with at the base, refused under the intervention
 * @param becameCompliant refused at the base, complied with under the intervention
 */
public record DiscordantPairs(int becameRefused, int becameCompliant) {
    /**
     * The exact two-sided McNemar test: the smaller count against Binomial(total, 1/2). 1 when no pair is discordant.
     *
     * <p>The tail is summed term by term: BinomialTest of commons-math3 compares the terms of both tails for equality in
     * floating point and may drop one, and its cumulative probability is a difference from 1 that ends near 1e-16.
     */
    public double mcnemarP() {
        int total = becameRefused + becameCompliant;
        if (total == 0) {
            return 1;
        }
        BinomialDistribution chance = new BinomialDistribution(null, total, 0.5);
        double tail = IntStream.rangeClosed(0, Math.min(becameRefused, becameCompliant))
                .mapToDouble(chance::probability)
                .sum();
        return Math.min(1, 2 * tail);
    }
}
