package org.demur.refusal;

/** The distribution over the next token, computed in float64 from fp32 logits {@code logits_V}. */
public final class NextToken {
    /** Keeps both logarithms of the divergence finite; the value of Arditi et al. 2024. */
    private static final double DIVERGENCE_EPSILON = 1e-6;

    private NextToken() {}

    /** Softmax of the logits, shape [V]; sums run in index order. */
    public static double[] probabilities(float[] logits_V) {
        double highest = Double.NEGATIVE_INFINITY;
        for (float logit : logits_V) {
            highest = Math.max(highest, logit);
        }
        double[] p_V = new double[logits_V.length];
        double total = 0;
        for (int v = 0; v < p_V.length; v++) {
            p_V[v] = Math.exp(logits_V[v] - highest);
            total += p_V[v];
        }
        for (int v = 0; v < p_V.length; v++) {
            p_V[v] /= total;
        }
        return p_V;
    }

    /** The token with the largest logit, the lowest id among equals. */
    public static int mostProbable(float[] logits_V) {
        int best = 0;
        for (int v = 1; v < logits_V.length; v++) {
            if (logits_V[v] > logits_V[best]) {
                best = v;
            }
        }
        return best;
    }

    /** The one of {@code tokens} with the largest logit, the first listed among equals. */
    public static int mostProbable(float[] logits_V, int[] tokens) {
        int best = tokens[0];
        for (int token : tokens) {
            if (logits_V[token] > logits_V[best]) {
                best = token;
            }
        }
        return best;
    }

    /**
     * Divergence of the edited from the clean distribution, {@code sum_v p (log(p + 1e-6) - log(q + 1e-6))} in nats
     * (Arditi et al. 2024, selection step).
     *
     * @param clean_V probabilities p of the untouched model
     * @param edited_V probabilities q of the edited model
     */
    public static double divergence(double[] clean_V, double[] edited_V) {
        double sum = 0;
        for (int v = 0; v < clean_V.length; v++) {
            double p = clean_V[v];
            sum += p * (Math.log(p + DIVERGENCE_EPSILON) - Math.log(edited_V[v] + DIVERGENCE_EPSILON));
        }
        return sum;
    }
}
