package org.demur.ingest;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
        Set<String> names = new HashSet<>();
        for (PromptSet set : sets) {
            if (!names.add(set.name())) {
                throw section.invalid("sets", "two sets are named " + set.name(), "give every set its own name");
            }
        }
        return new PromptsSettings(QuarantineLimit.from(section), turnDate, sets);
    }

    /** Everything that decides the output; folders do not, since file contents are digested. */
    String canonicalJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("turnDate", turnDate);
        json.put("sets", sets.stream().map(PromptsSettings::describe).toList());
        return CanonicalJson.of(json);
    }

    private static Map<String, Object> describe(PromptSet set) {
        return Map.of(
                "name", set.name(),
                "file", set.fileName(),
                "format", set.format(),
                "label", set.label(),
                "kind", set.kind(),
                "withResponse", set.withResponse(),
                "limits", set.limits());
    }
}
