package org.demur.refusal;

import java.io.Serializable;
import java.util.stream.IntStream;

/**
 * The next-token probabilities of a prompt that are worth sending to the driver: those above {@link #FLOOR}.
 *
 * @param vocabulary size of the vocabulary
 * @param tokens token ids, ascending
 * @param probabilities their probabilities
 */
public record LikelyTokens(int vocabulary, int[] tokens, double[] probabilities) implements Serializable {
    /** Probabilities up to this are counted as 0. */
    public static final double FLOOR = 1e-4;

    /** Keeps the likely part of softmax({@code logits_V}). */
    public static LikelyTokens of(float[] logits_V) {
        double[] p_V = NextToken.probabilities(logits_V);
        int[] tokens =
                IntStream.range(0, p_V.length).filter(v -> p_V[v] > FLOOR).toArray();
        return new LikelyTokens(
                p_V.length,
                tokens,
                IntStream.of(tokens).mapToDouble(v -> p_V[v]).toArray());
    }

    /** The distribution with 0 for every token left out, shape [V]. */
    public double[] dense() {
        double[] p_V = new double[vocabulary];
        for (int i = 0; i < tokens.length; i++) {
            p_V[tokens[i]] = probabilities[i];
        }
        return p_V;
    }

    /** Mean of several distributions over one vocabulary, summed in their order; shape [V]. */
    public static double[] mean(Iterable<LikelyTokens> distributions) {
        double[] sum_V = new double[0];
        int n = 0;
        for (LikelyTokens distribution : distributions) {
            if (n == 0) {
                sum_V = new double[distribution.vocabulary];
            }
            for (int i = 0; i < distribution.tokens.length; i++) {
                sum_V[distribution.tokens[i]] += distribution.probabilities[i];
            }
            n++;
        }
        for (int v = 0; v < sum_V.length; v++) {
            sum_V[v] /= n;
        }
        return sum_V;
    }
}
