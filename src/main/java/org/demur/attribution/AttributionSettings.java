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
 * @param harmlessSets prompt sets with the use {@code direction-harmless}; empty when no method compares with them
 * @param maxPrompts prompts attributed, at most, and harmless ones to compare with
 * @param candidatesPerLayer size of F_0 at each SAE layer
 * @param topFeatures size of F*
 * @param methods rankings to make
 * @param modes what to compute; the first one makes the sets without a suffix
 * @param steps gradients along a path, by mode
 * @param baseline where integrated gradients of all features lead
 * @param search how much is measured
 * @param tokenClasses classes of the tokens that count
 * @param random control sets
 * @param work how the work is cut
 */
public record AttributionSettings(
        List<String> sets,
        List<String> harmlessSets,
        int maxPrompts,
        int candidatesPerLayer,
        int topFeatures,
        List<RankingMethod> methods,
        List<AttributionMode> modes,
        Steps steps,
        Baseline baseline,
        Search search,
        List<String> tokenClasses,
        RandomSets random,
        Work work) {
    /** Sets hold as many features as the largest size that studies compare. */
    private static final int MIN_SET_SIZE = 20;

    /** Gradients along a path. */
    public record Steps(int corrected, int faithful) implements Serializable {
        int of(AttributionMode mode) {
            return switch (mode) {
                case CORRECTED -> corrected;
                case FAITHFUL -> faithful;
            };
        }
    }

    /**
     * How much is measured by taking features away, and compared.
     *
     * @param exactPool features whose effect is measured one by one
     * @param exactPrompts prompts that they are measured on
     * @param greedyPool features, the best of those, that the greedy set is chosen from
     * @param greedyPrompts prompts of those on which it is chosen
     * @param resamples draws of the prompts for the intervals of the agreement between rankings
     */
    public record Search(int exactPool, int exactPrompts, int greedyPool, int greedyPrompts, int resamples) {}

    /** Control sets: how many of each kind, and what their features share with those of F*. */
    public record RandomSets(int sets, List<RandomMatch> matches) {}

    /** How the work is cut: Spark tasks, and tokens that one forward and backward pass holds. */
    public record Work(int shards, int maxTokensPerBatch) {}

    /** Reads the section; every key has a default in {@code defaults/attribute.conf}. */
    public static AttributionSettings from(ConfigSection section, PromptUses uses) {
        List<RankingMethod> methods = methods(section);
        boolean compares = methods.stream().anyMatch(RankingMethod::usesHarmless);
        return new AttributionSettings(
                uses.sets("attribution"),
                compares ? uses.sets("direction-harmless") : List.of(),
                section.positive("max-prompts"),
                section.positive("candidates-per-layer"),
                section.positive("top-features"),
                methods,
                modes(section),
                new Steps(section.positive("corrected-steps"), section.positive("faithful-steps")),
                Baseline.of(section.string("ig-baseline")),
                new Search(
                        section.positive("exact-pool"),
                        section.positive("exact-prompts"),
                        section.positive("greedy-pool"),
                        section.positive("greedy-prompts"),
                        section.positive("agreement-resamples")),
                section.strings("token-classes"),
                new RandomSets(section.integer("random-sets"), matches(section)),
                new Work(section.positive("shards"), section.positive("max-tokens-per-batch")));
    }

    private static List<RankingMethod> methods(ConfigSection section) {
        List<RankingMethod> methods = section.strings("methods").stream()
                .map(RankingMethod::of)
                .distinct()
                .toList();
        if (methods.isEmpty()) {
            throw section.invalid("methods", "there would be no feature set", "name la_ig or other methods");
        }
        return methods;
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

    private static List<RandomMatch> matches(ConfigSection section) {
        List<RandomMatch> matches = section.stringOrStrings("random-match").stream()
                .map(RandomMatch::of)
                .distinct()
                .toList();
        if (matches.isEmpty()) {
            throw section.invalid("random-match", "the list is empty", "name layer, density or both");
        }
        return matches;
    }

    /** Every ranking, methods in their order and modes within. */
    List<RankingId> rankings() {
        return methods.stream()
                .flatMap(method -> method.modes(modes).stream().map(mode -> new RankingId(method, mode)))
                .toList();
    }

    /** Members of a set, where there are as many. */
    int setSize() {
        return Math.max(MIN_SET_SIZE, topFeatures);
    }

    boolean usesHarmless() {
        return !harmlessSets.isEmpty();
    }

    boolean measures() {
        return methods.stream().anyMatch(RankingMethod::isMeasured);
    }

    Set<String> classes() {
        return Set.copyOf(tokenClasses);
    }
}
