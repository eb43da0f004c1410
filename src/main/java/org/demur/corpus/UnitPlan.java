package org.demur.corpus;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * Cuts prompts into units. A unit is the prompts of one forward pass of the extract stage, and thereby all that the last bits
 * of their vectors depend on beside the model.
 */
public final class UnitPlan {
    private UnitPlan() {}

    /** All units, shard after shard, each with its prompts in order; a function of the arguments alone. */
    public static List<List<PromptKey>> units(List<ShardPlan.Length> prompts, int shards, int maxTokens) {
        ShardPlan plan = new ShardPlan(prompts, shards);
        List<List<ShardPlan.Length>> byShard = new ArrayList<>();
        for (int shard = 0; shard < shards; shard++) {
            byShard.add(new ArrayList<>());
        }
        for (ShardPlan.Length prompt : prompts) {
            byShard.get(plan.shardByPrompt().get(prompt.key())).add(prompt);
        }
        List<List<PromptKey>> units = new ArrayList<>();
        for (List<ShardPlan.Length> shard : byShard) {
            shard.sort(Comparator.comparingInt(ShardPlan.Length::tokens).thenComparing(ShardPlan.Length::key));
            for (List<ShardPlan.Length> unit : cut(shard, ShardPlan.Length::tokens, maxTokens)) {
                units.add(unit.stream().map(ShardPlan.Length::key).toList());
            }
        }
        return units;
    }

    /** The units of one shard's prompts. */
    public static List<List<TokenisedPrompt>> ofShard(List<TokenisedPrompt> prompts, int maxTokens) {
        List<TokenisedPrompt> sorted = new ArrayList<>(prompts);
        sorted.sort(Comparator.comparingInt(TokenisedPrompt::length).thenComparing(TokenisedPrompt::key));
        return cut(sorted, TokenisedPrompt::length, maxTokens);
    }

    /** Fills a unit up to {@code maxTokens}; a longer prompt is a unit of its own. */
    private static <P> List<List<P>> cut(List<P> shortestFirst, ToIntFunction<P> length, int maxTokens) {
        List<List<P>> units = new ArrayList<>();
        int room = 0;
        for (P prompt : shortestFirst) {
            if (units.isEmpty() || length.applyAsInt(prompt) > room) {
                units.add(new ArrayList<>());
                room = maxTokens;
            }
            units.get(units.size() - 1).add(prompt);
            room -= length.applyAsInt(prompt);
        }
        return units;
    }
}
