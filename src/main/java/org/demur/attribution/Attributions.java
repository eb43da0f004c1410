package org.demur.attribution;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The attributions of a run, put together from its shards in shard order.
 *
 * @param candidates all candidates, layers ascending; scores are in this order
 * @param prompts attributions by mode and prompt
 * @param activity how features fire, by layer
 */
record Attributions(
        List<CandidateFeature> candidates, List<PromptAttribution> prompts, Map<Integer, FeatureActivity> activity) {

    Attributions(List<CandidateFeature> candidates, List<ShardAttribution> shards) {
        this(candidates, new ArrayList<>(), new TreeMap<>());
        for (ShardAttribution shard : shards) {
            prompts.addAll(shard.prompts());
            shard.activity().forEach((layer, seen) -> activity.merge(layer, seen, FeatureActivity::plus));
        }
    }

    /** The prompts of a mode that have a metric. */
    List<PromptAttribution> used(AttributionMode mode) {
        return prompts.stream()
                .filter(prompt -> prompt.mode() == mode && !prompt.skipped())
                .toList();
    }

    /** How many prompts of a mode have none. */
    long skipped(AttributionMode mode) {
        return prompts.stream()
                .filter(prompt -> prompt.mode() == mode && prompt.skipped())
                .count();
    }

    /** Mean score of every candidate over the prompts used. */
    double[] means(AttributionMode mode) {
        double[] means = new double[candidates.size()];
        List<PromptAttribution> used = used(mode);
        for (PromptAttribution prompt : used) {
            for (int c = 0; c < means.length; c++) {
                means[c] += prompt.scores()[c] / used.size();
            }
        }
        return means;
    }

    /** Indices of the candidates, best score first, the earlier one first among equals. */
    static int[] order(double[] scores) {
        return IntStream.range(0, scores.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer c) -> -scores[c]).thenComparing(c -> c))
                .mapToInt(Integer::intValue)
                .toArray();
    }
}
