package org.demur.engine;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How prompts are continued.
 *
 * @param maxNewTokens limit of generated tokens
 * @param minNewTokens tokens before which no stop token is chosen
 * @param stopTokens token ids that end a turn
 * @param stopStrings texts that end a continuation; see {@link #untilStop}
 * @param sampling how tokens are chosen
 * @param maxBatchRows sequences that decode together; the memory budget may allow fewer
 */
public record GenerationPlan(
        int maxNewTokens,
        int minNewTokens,
        Set<Integer> stopTokens,
        List<String> stopStrings,
        Sampling sampling,
        int maxBatchRows) {
    /** Copies the sets and checks the limits. */
    public GenerationPlan {
        stopTokens = Set.copyOf(stopTokens);
        stopStrings = List.copyOf(stopStrings);
        if (maxNewTokens < 1 || maxBatchRows < 1 || minNewTokens < 0 || minNewTokens > maxNewTokens) {
            throw new IllegalArgumentException("At least " + minNewTokens + " and at most " + maxNewTokens
                    + " tokens in batches of " + maxBatchRows + " rows cannot be generated");
        }
        if (stopStrings.stream().anyMatch(String::isEmpty)) {
            throw new IllegalArgumentException("An empty stop string would end every continuation");
        }
    }

    /** Greedy decoding to a stop token. */
    public GenerationPlan(int maxNewTokens, Set<Integer> stopTokens, int maxBatchRows) {
        this(maxNewTokens, 0, stopTokens, List.of(), new Sampling.Greedy(), maxBatchRows);
    }

    /** The same with another way to choose tokens. */
    public GenerationPlan sampling(Sampling other) {
        return new GenerationPlan(maxNewTokens, minNewTokens, stopTokens, stopStrings, other, maxBatchRows);
    }

    /** The same with a least number of tokens. */
    public GenerationPlan atLeast(int tokens) {
        return new GenerationPlan(maxNewTokens, tokens, stopTokens, stopStrings, sampling, maxBatchRows);
    }

    /** The same with texts that end a continuation. */
    public GenerationPlan stoppingAt(List<String> texts) {
        return new GenerationPlan(maxNewTokens, minNewTokens, stopTokens, texts, sampling, maxBatchRows);
    }

    /** The text before the first stop string: a string may begin or end within a token, so tokens cannot be cut there. */
    public String untilStop(String text) {
        return stopAt(text).map(end -> text.substring(0, end)).orElse(text);
    }

    Optional<Integer> stopAt(String text) {
        return stopStrings.stream().map(text::indexOf).filter(at -> at >= 0).min(Integer::compare);
    }
}
