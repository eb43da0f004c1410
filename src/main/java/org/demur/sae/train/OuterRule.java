package org.demur.sae.train;

import java.io.Serializable;

/**
 * The step that ends a round of local training: descent along {@code start of the round - mean of the replicas} with Nesterov's
 * momentum (Douillard et al. 2023, "DiLoCo", algorithm 1).
 *
 * @param rate outer learning rate
 * @param momentum of that descent
 */
public record OuterRule(double rate, double momentum) implements Serializable {
    /** The mean of the replicas, as in local SGD (Stich 2019). */
    public static OuterRule mean() {
        return new OuterRule(1, 0);
    }

    /** Whether the step is nothing but the mean, so that neither start nor velocity need be kept. */
    public boolean isMean() {
        return rate == 1 && momentum == 0;
    }

    /**
     * Takes the step for some weights.
     *
     * @param mean mean of the replicas; becomes the new weights
     * @param start weights at the start of the round; becomes the new weights too
     * @param velocity of the descent
     * @param at offset in start and velocity
     * @param count weights
     */
    void step(float[] mean, float[] start, float[] velocity, int at, int count) {
        float eta = (float) rate;
        float mu = (float) momentum;
        for (int i = 0; i < count; i++) {
            float descent = start[at + i] - mean[i];
            float faster = mu * velocity[at + i] + descent;
            velocity[at + i] = faster;
            start[at + i] -= eta * (descent + mu * faster);
            mean[i] = start[at + i];
        }
    }
}
