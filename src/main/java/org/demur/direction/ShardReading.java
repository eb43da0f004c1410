package org.demur.direction;

import java.io.Serializable;
import java.util.List;
import java.util.stream.Stream;
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

    /**
     * Which prompts take part.
     *
     * @param refusalTokens see {@link RefusalTokens}
     * @param isOn only prompts that the model answers as their side expects
     */
    record Filter(int[] refusalTokens, boolean isOn) implements Serializable {
        boolean takes(Side side, LikelyTokens next) {
            return !isOn || side.behavesAsExpected(RefusalTokens.score(next.dense(), refusalTokens));
        }
    }

    Next next() {
        return new Next(
                side, template, readings.stream().map(PromptReading::next).toList());
    }

    /** Sums over the prompts that take part. */
    Sums sums(Filter filter) {
        ResidualSums sums = ResidualSums.empty(readings.get(0).residual_LPD().length);
        residuals(filter).forEach(sums::add);
        return new Sums(side, sums);
    }

    /** Residuals of the prompts that take part, in order. */
    Stream<float[]> residuals(Filter filter) {
        return readings.stream()
                .filter(reading -> filter.takes(side, reading.next()))
                .map(PromptReading::residual_LPD);
    }
}
