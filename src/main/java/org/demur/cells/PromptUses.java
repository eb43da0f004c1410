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

    /** Reads the section {@code prompts} of a job file. */
    public static PromptUses from(ConfigSection prompts) {
        Map<String, List<String>> setsByUse = new TreeMap<>();
        for (ConfigSection set : prompts.sections("sets")) {
            for (String use : set.strings("uses")) {
                setsByUse.computeIfAbsent(use, missing -> new ArrayList<>()).add(set.string("name"));
            }
        }
        return new PromptUses(setsByUse);
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
