package org.demur.ingest;

import java.nio.file.Path;
import org.demur.config.ConfigSection;

/**
 * A prompt set of the job file.
 *
 * @param name first part of the key in the table
 * @param path source file
 * @param label replaces the label of every row unless empty
 * @param kind CHAT or TEXT
 * @param withResponse also publish rows that have a target together with it
 * @param selection which rows are taken
 * @param limits how much is read
 */
record PromptSet(
        String name,
        Path path,
        SourceFormat format,
        String label,
        PromptKind kind,
        boolean withResponse,
        RowSelection selection,
        Limits limits) {

    /**
     * @param rows rows (or windows) published at most; 0 means all
     * @param windowTokens tokens per window of plain text
     * @param maxTokens rows with more are set aside
     * @param maxBytes prompts with more bytes in UTF-8 are set aside
     */
    record Limits(int rows, int windowTokens, int maxTokens, int maxBytes) {}

    static PromptSet from(ConfigSection set) {
        Path path = Path.of(set.string("path"));
        set.strings("uses");
        SourceFormat format = SourceFormat.from(set, path);
        Limits limits = new Limits(
                set.integer("limit"),
                set.integer("window-tokens"),
                set.integer("max-tokens"),
                set.integer("max-bytes"));
        if (limits.windowTokens() < 2 || limits.maxTokens() < limits.windowTokens() && format == SourceFormat.TXT) {
            throw set.invalid(
                    "window-tokens",
                    "a window has at least 2 tokens and at most max-tokens = " + limits.maxTokens(),
                    "write for example 256");
        }
        PromptKind kind = format == SourceFormat.TXT ? PromptKind.TEXT : PromptKind.from(set);
        set.string("kind");
        return new PromptSet(
                set.string("name"),
                path,
                format,
                set.optionalString("label").orElse(""),
                kind,
                set.flag("with-response"),
                RowSelection.from(set),
                limits);
    }

    /** Name of the source file without folders. */
    String fileName() {
        return path.getFileName().toString();
    }
}
