package org.demur.sae.train;

import java.util.Arrays;
import java.util.List;

/**
 * Counts, for every latent, the tokens of the whole run since it last fired. Every worker sees every token's codes, so the
 * counts are global and equal everywhere.
 */
public final class DeadLatents {
    private final long[] silentTokens_F;
    private final long deadAfterTokens;

    /** No latent is dead at the start. */
    public DeadLatents(int features, long deadAfterTokens) {
        this.silentTokens_F = new long[features];
        this.deadAfterTokens = deadAfterTokens;
    }

    /** Counts a minibatch of {@code tokens}. */
    void observe(List<FeatureLists> lists, long tokens) {
        for (int j = 0; j < silentTokens_F.length; j++) {
            boolean fired = false;
            for (FeatureLists list : lists) {
                fired = fired || list.fires(j);
            }
            silentTokens_F[j] = fired ? 0 : silentTokens_F[j] + tokens;
        }
    }

    /** Counts a latent as alive again. */
    void revive(int feature) {
        silentTokens_F[feature] = 0;
    }

    /** The dead latents, ascending. */
    public int[] dead() {
        int[] dead = new int[silentTokens_F.length];
        int count = 0;
        for (int j = 0; j < silentTokens_F.length; j++) {
            if (silentTokens_F[j] >= deadAfterTokens) {
                dead[count++] = j;
            }
        }
        return Arrays.copyOf(dead, count);
    }

    /** The counters, for checkpoints. */
    public long[] silentTokens_F() {
        return silentTokens_F;
    }
}
