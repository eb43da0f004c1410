package org.demur.scoring;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import org.demur.cells.PromptUses;
import org.demur.config.CanonicalJson;
import org.demur.config.ConfigSection;
import org.demur.judge.JudgeSettings;

/**
 * The section {@code score} of a job file, with the prompt sets of the use {@code capability}.
 *
 * @param judges who judges
 * @param fluency how fluent completions are
 * @param crossEntropy how the change on harmless text is measured
 * @param comparison how rankings of features are compared
 */
public record ScoreSettings(
        JudgeSettings judges, Fluency fluency, CrossEntropy crossEntropy, RankingComparison comparison) {

    /**
     * @param readsPerplexity whether the unedited model reads every completion
     * @param bootstrapResamples resamples of completions behind an interval
     * @param maxTokensPerBatch tokens in one forward pass
     */
    public record Fluency(boolean readsPerplexity, int bootstrapResamples, int maxTokensPerBatch)
            implements Serializable {
        private static Fluency from(ConfigSection section) {
            return new Fluency(
                    section.flag("perplexity"),
                    section.positive("bootstrap-resamples"),
                    section.positive("max-tokens-per-batch"));
        }
    }

    /**
     * @param reference feature set whose ranking is compared with every other
     * @param bootstrapResamples resamples of prompts behind an interval
     */
    public record RankingComparison(String reference, int bootstrapResamples) {}

    /**
     * @param sets prompt sets whose responses are read; none skips the measurement
     * @param texts at most this many texts; 0 takes all
     * @param tokensPerText a text is cut after this many tokens
     * @param bootstrapResamples resamples of texts behind an interval
     * @param work how the work is cut
     */
    public record CrossEntropy(List<String> sets, int texts, int tokensPerText, int bootstrapResamples, Work work) {}

    /**
     * @param shards tasks per intervention
     * @param maxTokensPerBatch tokens in one forward pass
     */
    public record Work(int shards, int maxTokensPerBatch) implements Serializable {}

    /** Reads the section; every key has a default in {@code defaults/score.conf}. */
    public static ScoreSettings from(ConfigSection section, PromptUses uses) {
        ConfigSection crossEntropy = section.section("cross-entropy");
        ScoreSettings settings = new ScoreSettings(
                JudgeSettings.from(section),
                Fluency.from(section.section("fluency")),
                new CrossEntropy(
                        List.copyOf(uses.setsByUse().getOrDefault("capability", List.of())),
                        crossEntropy.integer("texts"),
                        crossEntropy.integer("tokens-per-text"),
                        crossEntropy.integer("bootstrap-resamples"),
                        new Work(crossEntropy.integer("shards"), crossEntropy.integer("max-tokens-per-batch"))),
                new RankingComparison(
                        section.section("comparison").string("reference"),
                        section.section("comparison").positive("bootstrap-resamples")));
        if (settings.crossEntropy().bootstrapResamples() < 1) {
            throw crossEntropy.invalid("bootstrap-resamples", "an interval needs resamples", "write for example 2000");
        }
        return settings;
    }

    /** These settings as canonical JSON. */
    public String canonicalJson() {
        return CanonicalJson.of(Map.of(
                "judges", judges.parameters(),
                "fluency", fluency,
                "crossEntropy", crossEntropy,
                "comparison", comparison));
    }
}
