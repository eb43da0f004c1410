package org.demur.scoring;

import java.io.Serializable;

/**
 * A rendered prompt with its response, whose response tokens are scored; never its text.
 *
 * @param tokenIds from the start of the prompt, at least two
 * @param isScored per token, whether its log-likelihood counts; the first token is never scored
 */
record HarmlessText(String setName, String promptId, int[] tokenIds, boolean[] isScored) implements Serializable {

    int scoredTokens() {
        int n = 0;
        for (boolean scored : isScored) {
            n += scored ? 1 : 0;
        }
        return n;
    }

    /**
     * Summed negative log-likelihood of the scored tokens, in token order.
     *
     * @param tokenNll_T1 one per token but the first, nats
     */
    double scoredNats(float[] tokenNll_T1) {
        double nats = 0;
        for (int t = 1; t < tokenIds.length; t++) {
            nats += isScored[t] ? tokenNll_T1[t - 1] : 0;
        }
        return nats;
    }
}
