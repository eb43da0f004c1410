package org.demur.attribution;

import java.io.Serializable;
import java.util.List;
import java.util.Set;
import org.demur.cells.PromptUses;
import org.demur.config.ConfigSection;

/**
 * The section {@code attribute} of a job file.
 *
 * @param sets prompt sets with the use {@code attribution}
 * @param maxPrompts prompts attributed, at most
 * @param candidatesPerLayer size of F_0 at each SAE layer
 * @param topFeatures size of F*
 * @param modes what to compute; the first one makes the feature sets
 * @param steps gradients along a path, by mode
 * @param tokenClasses classes of the tokens that count
 * @param randomSets how many random sets serve as controls
 * @param randomMatch what random features share with those of F*
 * @param work how the work is cut
 */
public record AttributionSettings(
        List<String> sets,
        int maxPrompts,
        int candidatesPerLayer,
        int topFeatures,
        List<AttributionMode> modes,
        Steps steps,
        List<String> tokenClasses,
        int randomSets,
        RandomMatch randomMatch,
        Work work) {

    /** Gradients along a path. */
    public record Steps(int corrected, int faithful) implements Serializable {
        int of(AttributionMode mode) {
            return switch (mode) {
                case CORRECTED -> corrected;
                case FAITHFUL -> faithful;
            };
        }
    }

    /** How the work is cut: Spark tasks, and tokens that one forward and backward pass holds. */
    public record Work(int shards, int maxTokensPerBatch) {}

    /** Reads the section; every key has a default in {@code defaults/attribute.conf}. */
    public static AttributionSettings from(ConfigSection section, PromptUses uses) {
        return new AttributionSettings(
                uses.sets("attribution"),
                section.positive("max-prompts"),
                section.positive("candidates-per-layer"),
                section.positive("top-features"),
                modes(section),
                new Steps(section.positive("corrected-steps"), section.positive("faithful-steps")),
                section.strings("token-classes"),
                section.integer("random-sets"),
                RandomMatch.of(section.string("random-match")),
                new Work(section.positive("shards"), section.positive("max-tokens-per-batch")));
    }

    private static List<AttributionMode> modes(ConfigSection section) {
        List<AttributionMode> modes = section.strings("modes").stream()
                .map(AttributionMode::of)
                .distinct()
                .toList();
        if (modes.isEmpty()) {
            throw section.invalid("modes", "the first mode makes the feature sets", "name corrected, faithful or both");
        }
        return modes;
    }

    Set<String> classes() {
        return Set.copyOf(tokenClasses);
    }
}
