package org.demur.cells;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.config.ConfigSection;

/**
 * Which prompt sets serve which purpose, as the job file says under {@code prompts.sets[].uses}.
 *
 * @param setsByUse set names by use, in the order of the job file
 */
public record PromptUses(Map<String, List<String>> setsByUse) {

    /** Prompts of these sets decide directions, features, coefficients or set sizes. */
    private static final List<String> SELECTION = List.of(
            "direction-harmful",
            "direction-harmless",
            "validation-harmful",
            "validation-harmless",
            "attribution",
            "tune");

    private static final List<String> OTHER = List.of("corpus", "test", "capability");

    /** Reads the section {@code prompts} of a job file; a misspelt use would withdraw a set without a word, so it fails. */
    public static PromptUses from(ConfigSection prompts) {
        Map<String, List<String>> setsByUse = new TreeMap<>();
        for (ConfigSection set : prompts.sections("sets")) {
            for (String use : set.strings("uses")) {
                requireKnown(set, use);
                setsByUse.computeIfAbsent(use, missing -> new ArrayList<>()).add(set.string("name"));
            }
        }
        return new PromptUses(setsByUse);
    }

    private static void requireKnown(ConfigSection set, String use) {
        if (!SELECTION.contains(use) && !OTHER.contains(use)) {
            throw set.invalid(
                    "uses",
                    "'" + use + "' is no use",
                    "uses are " + String.join(", ", SELECTION) + ", " + String.join(", ", OTHER));
        }
    }

    /** The sets whose prompts decide something that an evaluation then measures, in alphabetical order. */
    public List<String> selectionSets() {
        return SELECTION.stream()
                .flatMap(use -> setsByUse.getOrDefault(use, List.of()).stream())
                .distinct()
                .sorted()
                .toList();
    }

    /** The sets with that use; at least one. */
    public List<String> sets(String use) {
        List<String> sets = setsByUse.getOrDefault(use, List.of());
        if (sets.isEmpty()) {
            throw new JobException(
                    ExitCode.USAGE,
                    "No prompt set has the use '" + use + "'",
                    "The uses given under prompts.sets are " + String.join(", ", setsByUse.keySet()) + ".",
                    "Add '" + use + "' to the uses of a prompt set in the job file.");
        }
        return sets;
    }
}
