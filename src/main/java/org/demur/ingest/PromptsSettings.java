package org.demur.ingest;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.demur.config.CanonicalJson;
import org.demur.config.ConfigSection;

/**
 * The section {@code prompts} of a job file.
 *
 * @param quarantineLimit bad rows that a run may have
 * @param turnDate the date that chat templates see, ISO 8601; pinned because some templates print today's
 * @param sets prompt sets in the order of the file
 */
public record PromptsSettings(QuarantineLimit quarantineLimit, String turnDate, List<PromptSet> sets) {

    /** Reads the section; set names must differ. */
    public static PromptsSettings from(ConfigSection section, String turnDate) {
        List<PromptSet> sets =
                section.sections("sets").stream().map(PromptSet::from).toList();
        Set<String> names = new TreeSet<>();
        for (PromptSet set : sets) {
            if (!names.add(set.name())) {
                throw section.invalid("sets", "two sets are named " + set.name(), "give every set its own name");
            }
        }
        requireSetsToDrop(section, sets, names);
        return new PromptsSettings(QuarantineLimit.from(section), turnDate, sets);
    }

    private static void requireSetsToDrop(ConfigSection section, List<PromptSet> sets, Set<String> names) {
        for (PromptSet set : sets) {
            for (String other : set.selection().dropIn()) {
                if (!names.contains(other)) {
                    throw section.invalid(
                            "sets",
                            set.name() + " drops what is in '" + other + "', which is no set",
                            "name one of " + String.join(", ", names));
                }
            }
        }
        if (RowSelection.ordered(sets).size() < sets.size()) {
            throw section.invalid(
                    "sets",
                    "some sets wait for each other by drop-in",
                    "let one of two sets keep the texts that both hold");
        }
    }

    /** The sets in an order in which each follows those whose texts it drops. */
    List<PromptSet> inReadingOrder() {
        return RowSelection.ordered(sets);
    }

    /** Everything that decides the output; folders do not, since file contents are digested. */
    String canonicalJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("turnDate", turnDate);
        json.put("sets", sets.stream().map(PromptsSettings::describe).toList());
        return CanonicalJson.of(json);
    }

    private static Map<String, Object> describe(PromptSet set) {
        Map<String, Object> json = new LinkedHashMap<>(set.selection().describe());
        json.put("name", set.name());
        json.put("file", set.fileName());
        json.put("format", set.format());
        json.put("label", set.label());
        json.put("kind", set.kind());
        json.put("withResponse", set.withResponse());
        json.put("limits", set.limits());
        return json;
    }
}
