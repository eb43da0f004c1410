package org.demur.direction;

import java.io.Serializable;
import java.util.List;
import org.demur.refusal.LikelyTokens;
import org.demur.refusal.RefusalTokens;

/**
 * The readings of one shard of prompts, all of one side.
 *
 * @param template what every prompt shares
 */
record ShardReading(Side side, Template template, List<PromptReading> readings) implements Serializable {

    /**
     * @param nLayers blocks of the model
     * @param positionTexts text of each post-instruction token, first to last
     */
    record Template(int nLayers, List<String> positionTexts) implements Serializable {}

    /** The part needed to find the refusal tokens. */
    record Next(Side side, Template template, List<LikelyTokens> distributions) implements Serializable {}

    /** The part needed for the means. */
    record Sums(Side side, ResidualSums sums) implements Serializable {}

    Next next() {
        return new Next(
                side, template, readings.stream().map(PromptReading::next).toList());
    }

    /** Sums over the prompts; over those that behave as expected only, if {@code filter} is set. */
    Sums sums(int[] refusalTokens, boolean filter) {
        ResidualSums sums = ResidualSums.empty(readings.get(0).residual_LPD().length);
        for (PromptReading reading : readings) {
            double score = RefusalTokens.score(reading.next().dense(), refusalTokens);
            if (!filter || side.behavesAsExpected(score)) {
                sums.add(reading.residual_LPD());
            }
        }
        return new Sums(side, sums);
    }
}
