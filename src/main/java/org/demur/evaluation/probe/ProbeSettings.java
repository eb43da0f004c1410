package org.demur.evaluation.probe;

import java.io.Serializable;
import java.util.List;
import org.demur.config.ConfigSection;

/**
 * The section {@code evaluate.probe} of a job file; meanings and defaults in {@code defaults/evaluate.conf}.
 *
 * @param promptsPerClass prompts with and without a concept, each at most this many
 * @param testFraction share of the prompts that probes are tested on
 * @param categories concepts beside the label, at most
 * @param minPrompts prompts that a category needs
 * @param tokenClasses token classes over which features and rows are averaged
 * @param sizes numbers of features or dimensions that sparse probes read
 * @param ablated numbers of features that are taken away
 * @param resamples of the bootstrap
 */
public record ProbeSettings(
        int promptsPerClass,
        double testFraction,
        int categories,
        int minPrompts,
        List<String> tokenClasses,
        List<Integer> sizes,
        List<Integer> ablated,
        int resamples)
        implements Serializable {
    /** Reads and checks the section. */
    public static ProbeSettings from(ConfigSection section) {
        ProbeSettings settings = new ProbeSettings(
                section.integer("prompts-per-class"),
                section.number("test-fraction"),
                section.integer("categories"),
                section.positive("min-prompts"),
                List.copyOf(section.strings("token-classes")),
                List.copyOf(section.integers("sizes")),
                List.copyOf(section.integers("ablated")),
                section.positive("resamples"));
        if (settings.testFraction() <= 0 || settings.testFraction() >= 1) {
            throw section.invalid(
                    "test-fraction", "probes need prompts to train on and prompts to test on", "write for example 0.3");
        }
        requirePositive(section, "sizes", settings.sizes());
        requirePositive(section, "ablated", settings.ablated());
        return settings;
    }

    private static void requirePositive(ConfigSection section, String key, List<Integer> numbers) {
        if (numbers.stream().anyMatch(number -> number < 1)) {
            throw section.invalid(key, "it is " + numbers, "write numbers of features from 1 on");
        }
    }
}
