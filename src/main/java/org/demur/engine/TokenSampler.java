package org.demur.engine;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Draws tokens from logits, each with the random number of its own row and place. */
final class TokenSampler {
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private final Sampling.Random settings;
    private final double[] weights_V;

    TokenSampler(Sampling.Random settings, int vocabulary) {
        this.settings = settings;
        this.weights_V = new double[vocabulary];
    }

    /**
     * The token that follows.
     *
     * @param logits_BV one row a sequence; {@code row} is the one to draw from
     * @param uniform within [0, 1)
     */
    int draw(FloatBuffer logits_BV, int row, double uniform) {
        int from = row * weights_V.length;
        float most = Float.NEGATIVE_INFINITY;
        for (int v = 0; v < weights_V.length; v++) {
            most = Math.max(most, logits_BV.get(from + v));
        }
        double sum = 0;
        for (int v = 0; v < weights_V.length; v++) {
            weights_V[v] = Math.exp((logits_BV.get(from + v) - most) / settings.temperature());
            sum += weights_V[v];
        }
        sum = keepNucleus(sum);
        sum = keepLikely(sum);
        return inverse(uniform * sum);
    }

    /** Zeroes all but the most likely tokens that together reach top-p; the sum of those kept. */
    private double keepNucleus(double sum) {
        if (settings.topP() == 1) {
            return sum;
        }
        // Candidates are sorted from a floor on: rarer tokens matter only when the likely ones do not reach the share.
        double floor = 1e-4;
        int[] order = aboveFloor(floor);
        double reached = Arrays.stream(order).mapToDouble(v -> weights_V[v]).sum();
        if (reached < settings.topP() * sum) {
            order = aboveFloor(0);
        }
        double kept = 0;
        boolean[] keeps = new boolean[weights_V.length];
        for (int i = 0; i < order.length && kept < settings.topP() * sum; i++) {
            keeps[order[i]] = true;
            kept += weights_V[order[i]];
        }
        for (int v = 0; v < weights_V.length; v++) {
            weights_V[v] = keeps[v] ? weights_V[v] : 0;
        }
        return kept;
    }

    /** Tokens of at least that weight, the heaviest first; the first of equals first. */
    private int[] aboveFloor(double floor) {
        return IntStream.range(0, weights_V.length)
                .filter(v -> weights_V[v] > floor)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer v) -> -weights_V[v]))
                .mapToInt(v -> v)
                .toArray();
    }

    /** The most likely token has weight 1, so min-p is a bound on weights. */
    private double keepLikely(double sum) {
        if (settings.minP() == 0) {
            return sum;
        }
        double kept = 0;
        for (int v = 0; v < weights_V.length; v++) {
            weights_V[v] = weights_V[v] >= settings.minP() ? weights_V[v] : 0;
            kept += weights_V[v];
        }
        return kept;
    }

    private int inverse(double target) {
        double passed = 0;
        int last = 0;
        for (int v = 0; v < weights_V.length; v++) {
            if (weights_V[v] > 0) {
                passed += weights_V[v];
                last = v;
                if (passed > target) {
                    return v;
                }
            }
        }
        return last;
    }

    /** A number within [0, 1) that depends on nothing but the row's seed and the place of the token (SplitMix64). */
    static double uniform(long seed, int place) {
        long z = seed + GOLDEN_GAMMA * (place + 1L);
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        z = z ^ z >>> 31;
        return (z >>> 11) * 0x1.0p-53;
    }
}
