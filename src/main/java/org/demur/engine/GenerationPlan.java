package org.demur.engine;

import java.util.Set;

/**
 * Greedy decoding.
 *
 * @param maxNewTokens limit of generated tokens
 * @param stopTokens token ids that end a turn
 * @param maxBatchRows sequences that decode together
 */
public record GenerationPlan(int maxNewTokens, Set<Integer> stopTokens, int maxBatchRows) {
    /** Copies the stop tokens. */
    public GenerationPlan {
        stopTokens = Set.copyOf(stopTokens);
    }
}
