package org.demur.corpus;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Spreads prompts over shards so that each has about the same number of tokens: longest first, each to the shard with
 * the fewest tokens so far. A function of the prompts and the number of shards alone.
 */
public final class ShardPlan {
    private final Map<PromptKey, Integer> shardByPrompt = new HashMap<>();
    private final long[] tokensByShard;

    /** A prompt and its length. */
    public record Length(PromptKey key, int tokens) {}

    /** Spreads these prompts. */
    public ShardPlan(List<Length> prompts, int shards) {
        tokensByShard = new long[shards];
        List<Length> longestFirst = new ArrayList<>(prompts);
        longestFirst.sort(Comparator.comparingInt(Length::tokens).reversed().thenComparing(Length::key));
        for (Length prompt : longestFirst) {
            int lightest = lightest();
            shardByPrompt.put(prompt.key(), lightest);
            tokensByShard[lightest] += prompt.tokens();
        }
    }

    /** The shard of each prompt. */
    public Map<PromptKey, Integer> shardByPrompt() {
        return shardByPrompt;
    }

    /** Number of shards; some may be empty. */
    public int shards() {
        return tokensByShard.length;
    }

    /** Tokens of a shard. */
    public long tokens(int shard) {
        return tokensByShard[shard];
    }

    /** Tokens of all shards. */
    public long tokens() {
        long sum = 0;
        for (long tokens : tokensByShard) {
            sum += tokens;
        }
        return sum;
    }

    private int lightest() {
        int lightest = 0;
        for (int shard = 1; shard < tokensByShard.length; shard++) {
            if (tokensByShard[shard] < tokensByShard[lightest]) {
                lightest = shard;
            }
        }
        return lightest;
    }
}
