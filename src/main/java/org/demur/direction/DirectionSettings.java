package org.demur.direction;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.demur.cells.PromptUses;
import org.demur.config.ConfigSection;
import org.demur.edit.Site;

/**
 * The section {@code direction} of a job file, with the prompt sets it applies to.
 *
 * @param sets prompt sets by role
 * @param promptsPerSide harmful and harmless prompts in the means, each at most this many
 * @param validationPerSide harmful and harmless prompts in the scores, each at most this many
 * @param filter keep only harmful prompts that the model refuses and harmless ones that it answers
 * @param refusalTokenThreshold see {@link org.demur.refusal.RefusalTokens}
 * @param ablateSites see {@link org.demur.cells.AblationSites}
 * @param rule bounds of the selection
 * @param work how the work is cut
 */
public record DirectionSettings(
        Sets sets,
        int promptsPerSide,
        int validationPerSide,
        boolean filter,
        double refusalTokenThreshold,
        List<String> ablateSites,
        SelectionRule rule,
        Work work) {

    /** Prompt sets by role. */
    public record Sets(
            List<String> harmful,
            List<String> harmless,
            List<String> validationHarmful,
            List<String> validationHarmless) {}

    /**
     * @param shards tasks of the reading pass
     * @param maxTokensPerBatch tokens in one forward pass
     * @param scoreHopeless score even the candidates that the rule discards by layer or by induction alone; makes
     *     complete plots, costs about a third more
     */
    public record Work(int shards, int maxTokensPerBatch, boolean scoreHopeless) implements Serializable {}

    /** Reads the section; every key has a default in {@code defaults/direction.conf}. */
    public static DirectionSettings from(ConfigSection section, PromptUses uses) {
        return new DirectionSettings(
                new Sets(
                        uses.sets("direction-harmful"),
                        uses.sets("direction-harmless"),
                        uses.sets("validation-harmful"),
                        uses.sets("validation-harmless")),
                section.positive("prompts-per-side"),
                section.positive("validation-per-side"),
                section.flag("filter"),
                section.number("refusal-token-threshold"),
                sites(section),
                new SelectionRule(
                        section.number("max-layer-fraction"), section.number("max-kl"), section.number("min-induce")),
                new Work(
                        section.positive("shards"),
                        section.positive("max-tokens-per-batch"),
                        section.flag("score-hopeless")));
    }

    private static List<String> sites(ConfigSection section) {
        List<String> names = section.strings("ablate-sites");
        List<String> known = Arrays.stream(Site.values()).map(Site::sqlName).toList();
        if (names.isEmpty() || !known.containsAll(names)) {
            throw section.invalid(
                    "ablate-sites", "it is " + names + "; sites are " + known, "name at least one of them");
        }
        return names;
    }
}
