package org.demur.scoring;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import org.demur.cells.PromptUses;
import org.demur.config.CanonicalJson;
import org.demur.config.ConfigSection;
import org.demur.judge.JudgeSettings;
import org.demur.losses.LossSettings;

/**
 * The section {@code score} of a job file, with the prompt sets of the use {@code capability}.
 *
 * @param judges who judges
 * @param fluency how fluent completions are
 * @param crossEntropy how the change on harmless text is measured; no sets, no measurement
 * @param comparison how rankings of features are compared
 */
public record ScoreSettings(
        JudgeSettings judges, Fluency fluency, LossSettings crossEntropy, RankingComparison comparison) {

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
     * @param references feature sets whose rankings are compared with every other
     * @param bootstrapResamples resamples of prompts behind an interval
     */
    public record RankingComparison(List<String> references, int bootstrapResamples) {}

    /** Reads the section; every key has a default in {@code defaults/score.conf}. */
    public static ScoreSettings from(ConfigSection section, PromptUses uses) {
        return new ScoreSettings(
                JudgeSettings.from(section),
                Fluency.from(section.section("fluency")),
                LossSettings.from(
                        section.section("cross-entropy"), uses.setsByUse().getOrDefault("capability", List.of())),
                new RankingComparison(
                        section.section("comparison").strings("references"),
                        section.section("comparison").positive("bootstrap-resamples")));
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
