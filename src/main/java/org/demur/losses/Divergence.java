package org.demur.losses;

/** Kullback-Leibler divergence of two distributions over the vocabulary, given as logits. */
public final class Divergence {
    private Divergence() {}

    /** KL(p || q) in nats, in float64. */
    public static double of(float[] p_V, float[] q_V) {
        double p = logNormaliser(p_V);
        double q = logNormaliser(q_V);
        double sum = 0;
        for (int v = 0; v < p_V.length; v++) {
            double logP = p_V[v] - p;
            sum += Math.exp(logP) * (logP - (q_V[v] - q));
        }
        return sum;
    }

    private static double logNormaliser(float[] logits_V) {
        double largest = Double.NEGATIVE_INFINITY;
        for (float logit : logits_V) {
            largest = Math.max(largest, logit);
        }
        double sum = 0;
        for (float logit : logits_V) {
            sum += Math.exp(logit - largest);
        }
        return largest + Math.log(sum);
    }
}
