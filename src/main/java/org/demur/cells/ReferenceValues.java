package org.demur.cells;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.config.CanonicalJson;

/**
 * What features are on prompts that interventions refer to, and which prompts go together.
 *
 * @param features indices by layer
 * @param prompts the reference prompts, ordered by set and id
 * @param layouts classes of the tokens of each prompt that takes values for its own, by {@code set/id}
 * @param partners for each column that names partners: id of the partner by {@code set/id}
 */
public record ReferenceValues(
        Map<Integer, int[]> features,
        List<TokenValues> prompts,
        Map<String, List<String>> layouts,
        Map<String, Map<String, String>> partners)
        implements Serializable {
    /** Nothing is referred to. */
    public static final ReferenceValues NONE = new ReferenceValues(Map.of(), List.of(), Map.of(), Map.of());

    private static final String HEAD = "features.json";
    private static final String BODY = "values.jsonl";

    /** The first line of the files. */
    private record Head(
            Map<Integer, int[]> features,
            Map<String, List<String>> layouts,
            Map<String, Map<String, String>> partners) {}

    /** Reads the files below a folder. */
    public static ReferenceValues read(Path folder) {
        try {
            Head head = CanonicalJson.read(Files.readString(folder.resolve(HEAD)), Head.class);
            List<TokenValues> prompts = new ArrayList<>();
            for (String line : Files.readAllLines(folder.resolve(BODY))) {
                prompts.add(CanonicalJson.read(line, TokenValues.class));
            }
            return new ReferenceValues(new TreeMap<>(head.features), prompts, head.layouts, head.partners);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + folder, e);
        }
    }

    /** Writes files into an existing folder; equal values give equal bytes. */
    public void write(Path folder) {
        StringBuilder lines = new StringBuilder();
        prompts.forEach(prompt -> lines.append(CanonicalJson.of(prompt)).append('\n'));
        try {
            Files.writeString(folder.resolve(HEAD), CanonicalJson.of(new Head(features, layouts, partners)));
            Files.writeString(folder.resolve(BODY), lines);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + folder, e);
        }
    }

    /** The prompts of a set; at least one. */
    List<TokenValues> of(String set) {
        List<TokenValues> found =
                prompts.stream().filter(prompt -> prompt.set().equals(set)).toList();
        if (found.isEmpty()) {
            throw new JobException(
                    ExitCode.MISSING_INPUT,
                    "No feature values of the prompt set '" + set + "'",
                    "The sweep stage reads them once for its grid, and this run of it did not need them.",
                    "Run the sweep stage again with the intervention in its grid.");
        }
        return found;
    }

    /** Classes of a prompt's tokens. */
    List<String> layout(String set, String promptId) {
        List<String> classes = layouts.get(set + "/" + promptId);
        if (classes == null) {
            throw new JobException(
                    ExitCode.MISSING_INPUT,
                    "Prompt " + promptId + " of " + set + " takes no feature values from others",
                    "Only prompts that the sweep's grid gives such an intervention do.",
                    "Leave interventions that differ by prompt to those prompts.");
        }
        return classes;
    }

    /** The prompt that goes with another one. */
    TokenValues partner(Reference reference, String set, String promptId) {
        String id = reference.key().isEmpty()
                ? promptId
                : partners.getOrDefault(reference.key(), Map.of()).getOrDefault(set + "/" + promptId, "");
        return of(reference.set()).stream()
                .filter(prompt -> prompt.promptId().equals(id))
                .findFirst()
                .orElseThrow(() -> new JobException(
                        ExitCode.BAD_DATA,
                        "Prompt " + promptId + " of " + set + " has no partner in " + reference.set(),
                        reference.key().isEmpty()
                                ? "No prompt there has its id."
                                : "Its column " + reference.key() + " holds neither an id nor a text of that set.",
                        "Correct restore-from and restore-by in the grid, or leave the prompt out."));
    }

    /** Place of a feature among those of its layer. */
    int column(int layer, int feature) {
        int[] known = features.getOrDefault(layer, new int[0]);
        for (int m = 0; m < known.length; m++) {
            if (known[m] == feature) {
                return m;
            }
        }
        throw new IllegalArgumentException("Feature " + layer + "/" + feature + " has no values");
    }
}
