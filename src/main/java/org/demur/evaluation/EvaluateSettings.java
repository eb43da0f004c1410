package org.demur.evaluation;

import java.io.Serializable;
import org.demur.config.ConfigSection;
import org.demur.evaluation.probe.ProbeSettings;

/**
 * The section {@code evaluate} of a job file; meanings and defaults in {@code defaults/evaluate.conf}.
 *
 * @param rows activation rows per layer and split, at most
 * @param lossTokens tokens of the cross-entropies, about
 * @param divergenceTokens of them, tokens of the divergences, about
 * @param tokensPerText length at which texts are cut
 * @param shards tasks
 * @param maxTokensPerBatch tokens in one forward pass
 * @param probe what is measured with labels
 * @param json the section as canonical JSON
 */
public record EvaluateSettings(
        int rows,
        int lossTokens,
        int divergenceTokens,
        int tokensPerText,
        int shards,
        int maxTokensPerBatch,
        ProbeSettings probe,
        String json)
        implements Serializable {
    /** Reads and checks the section. */
    public static EvaluateSettings from(ConfigSection section) {
        EvaluateSettings settings = new EvaluateSettings(
                section.integer("rows"),
                section.integer("loss-tokens"),
                section.integer("divergence-tokens"),
                section.integer("tokens-per-text"),
                section.integer("shards"),
                section.integer("max-tokens-per-batch"),
                ProbeSettings.from(section.section("probe")),
                section.canonicalJson());
        if (settings.rows() < 2) {
            throw section.invalid("rows", "a variance needs two rows", "write for example 8192");
        }
        if (settings.shards() < 1) {
            throw section.invalid("shards", "at least one task is needed", "write for example 4");
        }
        if (settings.tokensPerText() < 2 || settings.maxTokensPerBatch() < settings.tokensPerText()) {
            throw section.invalid(
                    "tokens-per-text", "a text has two tokens or more and fits a batch", "write for example 256");
        }
        return settings;
    }
}
