package org.demur.engine;

import java.io.Serializable;

/** How the next token is chosen. */
public sealed interface Sampling extends Serializable {
    /** The most likely token; the first of several. */
    record Greedy() implements Sampling {}

    /**
     * A random token. Logits are divided by the temperature; then only the most likely tokens stay whose probabilities
     * together reach topP (Holtzman et al. 2020), and of these the ones at least minP times as likely as the most likely
     * (Nguyen et al. 2024). A row's choices follow from its own seed and the number of the token alone.
     *
     * @param temperature above 0
     * @param topP within (0, 1]; 1 keeps all
     * @param minP within [0, 1); 0 keeps all
     */
    record Random(double temperature, double topP, double minP) implements Sampling {
        /** Refuses what is no distribution. */
        public Random {
            if (!(temperature > 0) || Double.isInfinite(temperature)) {
                throw new IllegalArgumentException("A temperature lies above 0, unlike " + temperature);
            }
            if (!(topP > 0 && topP <= 1) || !(minP >= 0 && minP < 1)) {
                throw new IllegalArgumentException("top-p " + topP + " or min-p " + minP + " is no share");
            }
        }
    }
}
