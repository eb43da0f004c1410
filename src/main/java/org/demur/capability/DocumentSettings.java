package org.demur.capability;

import java.util.List;
import java.util.Locale;
import org.demur.config.ConfigSection;

/**
 * One entry of {@code capability.documents}.
 *
 * @param name in tables
 * @param sets prompt sets
 * @param limit texts, at most, drawn by the study's seed; 0 takes all
 * @param maxTokens a text is cut after so many
 * @param newTokens of an answer that the model writes itself
 */
public record DocumentSettings(String name, Kind kind, List<String> sets, int limit, int maxTokens, int newTokens) {

    /** What the texts are. */
    public enum Kind {
        /** Harmless prompts with what the untouched model answers, greedily; the answer is scored. */
        ON_POLICY,
        /** Harmless prompts with their recorded answers, which are scored. */
        RESPONSE,
        /** Windows of plain text, all of it scored. */
        TEXT
    }

    /** Reads an entry. */
    public static DocumentSettings from(ConfigSection section) {
        Kind kind = kind(section);
        List<String> sets = section.strings("sets");
        if (sets.isEmpty()) {
            throw section.invalid("sets", "the list is empty", "name prompt sets of the job file");
        }
        return new DocumentSettings(
                section.optionalString("name").orElse(kind.name().toLowerCase(Locale.ROOT)),
                kind,
                sets,
                section.integer("limit"),
                section.positive("max-tokens"),
                section.positive("new-tokens"));
    }

    private static Kind kind(ConfigSection section) {
        return switch (section.string("kind")) {
            case "on_policy" -> Kind.ON_POLICY;
            case "response" -> Kind.RESPONSE;
            case "text" -> Kind.TEXT;
            default -> throw section.invalid("kind", "there is no such kind", "write on_policy, response or text");
        };
    }
}
