package org.demur.attribution;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the tasks over the attribution prompts found, put together in shard order.
 *
 * @param prompts scores by ranking and prompt
 * @param activity how features fire on the tokens that count, by layer
 * @param features what comparisons with harmless prompts need
 */
record Attributions(
        List<PromptAttribution> prompts, Map<Integer, FeatureActivity> activity, List<ShardFeatures> features) {

    Attributions(List<ShardAttribution> shards) {
        this(new ArrayList<>(), new TreeMap<>(), new ArrayList<>());
        for (ShardAttribution shard : shards) {
            prompts.addAll(shard.prompts());
            shard.activity().forEach((layer, seen) -> activity.merge(layer, seen, FeatureActivity::plus));
            features.add(shard.features());
        }
    }

    /** The prompts of a ranking that have a metric. */
    List<PromptAttribution> used(RankingId id) {
        return prompts.stream()
                .filter(prompt -> prompt.ranking().equals(id) && !prompt.skipped())
                .toList();
    }

    /** How many prompts of a ranking have none. */
    long skipped(RankingId id) {
        return prompts.stream()
                .filter(prompt -> prompt.ranking().equals(id) && prompt.skipped())
                .count();
    }
}
