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
 * @param rule bounds of the published selection
 * @param choice which directions there are, and how one is chosen
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
        Choice choice,
        Work work) {

    /**
     * @param kinds kinds of direction at every layer and position
     * @param rule which rule chooses
     * @param judgedTokens tokens generated for a prompt that the judged rule judges
     * @param logisticPenalty see {@link DirectionFits}
     * @param stabilityResamples resamples and splits behind each row of {@code direction_stability}; 0 for none
     */
    public record Choice(
            List<DirectionKind> kinds,
            ChoiceRule rule,
            int judgedTokens,
            double logisticPenalty,
            int stabilityResamples)
            implements Serializable {}

    /** How one candidate is chosen. */
    public enum ChoiceRule {
        /** {@link SelectionRule}: first-token scores under ablation and addition. */
        PUBLISHED,
        /** {@link JudgedRule}: answers under ablation. */
        JUDGED
    }

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
                choice(section),
                new Work(
                        section.positive("shards"),
                        section.positive("max-tokens-per-batch"),
                        section.flag("score-hopeless")));
    }

    private static Choice choice(ConfigSection section) {
        double penalty = section.number("logistic-penalty");
        int resamples = section.integer("stability-resamples");
        if (!(penalty > 0)) {
            throw section.invalid(
                    "logistic-penalty",
                    "without a penalty classes that can be parted have no best weights",
                    "write 0.01");
        }
        if (resamples < 0) {
            throw section.invalid("stability-resamples", "it is " + resamples, "write 0 for none, or for example 100");
        }
        return new Choice(
                DirectionKind.from(section), rule(section), section.positive("judged-tokens"), penalty, resamples);
    }

    private static ChoiceRule rule(ConfigSection section) {
        return switch (section.string("rule")) {
            case "published" -> ChoiceRule.PUBLISHED;
            case "judged" -> ChoiceRule.JUDGED;
            default ->
                throw section.invalid(
                        "rule", "'" + section.string("rule") + "' is no rule", "write published or judged");
        };
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
