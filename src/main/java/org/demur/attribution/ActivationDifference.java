package org.demur.attribution;

import java.util.List;
import java.util.function.Function;

/**
 * Mean over harmful prompts of a feature's largest value over the tokens, minus the same over harmless prompts (ActDiff of Yeo
 * et al. 2025). As published every token counts, also the first ones, which are the same in every prompt and on which streams
 * are largest; mended only the tokens of the user's text and after it.
 */
final class ActivationDifference {
    private ActivationDifference() {}

    /** Both means come from sums over shards. */
    static Ranking of(AttributionMode mode, List<ShardFeatures> harmful, List<ShardFeatures> harmless) {
        FeatureScores difference = FeatureScores.mean(
                        List.of(mean(mode, harmful), mean(mode, harmless).times(-1)))
                .times(2);
        return Ranking.shared(RankingMethod.ACTDIFF, mode, difference);
    }

    private static FeatureScores mean(AttributionMode mode, List<ShardFeatures> shards) {
        Function<ShardFeatures, FeatureScores> sums =
                switch (mode) {
                    case CORRECTED -> ShardFeatures::counted;
                    case FAITHFUL -> ShardFeatures::all;
                };
        int prompts = shards.stream().mapToInt(ShardFeatures::prompts).sum();
        // The mean over shards times their number is the sum over their prompts.
        return FeatureScores.mean(shards.stream().map(sums).toList()).times((double) shards.size() / prompts);
    }
}
