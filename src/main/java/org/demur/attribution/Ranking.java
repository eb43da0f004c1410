package org.demur.attribution;

import java.util.List;
import java.util.OptionalDouble;

/**
 * What a method found, whatever it is.
 *
 * @param id method and mode
 * @param global scores for all prompts together
 * @param prompts scores of each prompt that has a metric, in the order of the run; empty where all prompts share one ranking
 */
record Ranking(RankingId id, FeatureScores global, List<PromptAttribution> prompts) {

    /** A ranking that all prompts share. */
    static Ranking shared(RankingMethod method, AttributionMode mode, FeatureScores global) {
        return new Ranking(new RankingId(method, mode), global, List.of());
    }

    /** A ranking whose global scores are the means over its prompts. */
    static Ranking meanOf(RankingId id, List<PromptAttribution> prompts) {
        FeatureScores mean = FeatureScores.mean(
                prompts.stream().map(PromptAttribution::scores).toList());
        return new Ranking(id, mean, prompts);
    }

    /** The score of a feature in these scores of this ranking; empty where the method never looked at it. */
    OptionalDouble score(FeatureScores scores, FeatureId feature) {
        OptionalDouble score = scores.of(feature);
        return score.isPresent() || id.method().isLimited() ? score : OptionalDouble.of(0);
    }
}
