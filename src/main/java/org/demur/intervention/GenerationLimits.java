package org.demur.intervention;

import java.io.Serializable;
import java.util.List;
import java.util.Set;
import org.demur.engine.GenerationPlan;

/**
 * Bounds of a generation.
 *
 * @param maxNewTokens tokens generated for a prompt, at most
 * @param minNewTokens tokens before which the model may not end its turn
 * @param stopStrings texts that end an answer and are cut off
 * @param rows answers that grow side by side
 */
public record GenerationLimits(int maxNewTokens, int minNewTokens, List<String> stopStrings, int rows)
        implements Serializable {
    /** Copies the list. */
    public GenerationLimits {
        stopStrings = List.copyOf(stopStrings);
    }

    /** Greedy decoding within these bounds. */
    GenerationPlan plan(Set<Integer> turnEnds) {
        return new GenerationPlan(maxNewTokens, turnEnds, rows)
                .atLeast(minNewTokens)
                .stoppingAt(stopStrings);
    }
}
