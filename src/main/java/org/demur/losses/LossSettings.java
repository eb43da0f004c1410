package org.demur.losses;

import java.io.Serializable;
import java.util.List;
import org.demur.config.ConfigSection;

/**
 * How the change of cross-entropy on harmless texts is measured.
 *
 * @param sets prompt sets whose responses are read
 * @param texts at most this many texts; 0 takes all
 * @param tokensPerText a text is cut after this many tokens
 * @param bootstrapResamples resamples of texts behind an interval
 * @param work how the work is cut
 */
public record LossSettings(List<String> sets, int texts, int tokensPerText, int bootstrapResamples, Work work) {
    /** Copies the list. */
    public LossSettings {
        sets = List.copyOf(sets);
    }

    /**
     * How the work is cut.
     *
     * @param shards tasks per intervention
     * @param maxTokensPerBatch tokens in one forward pass
     */
    public record Work(int shards, int maxTokensPerBatch) implements Serializable {}

    /** Reads a section {@code cross-entropy} for these sets. */
    public static LossSettings from(ConfigSection section, List<String> sets) {
        return new LossSettings(
                sets,
                section.integer("texts"),
                section.integer("tokens-per-text"),
                section.positive("bootstrap-resamples"),
                new Work(section.positive("shards"), section.positive("max-tokens-per-batch")));
    }
}
