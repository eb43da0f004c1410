package org.demur.capability;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.demur.config.ConfigSection;

/**
 * One entry of {@code capability.benchmarks}.
 *
 * @param name in tables
 * @param path JSON Lines
 * @param limit items, at most; 0 takes all
 * @param shots how many solved examples stand before a word problem; each number is a mode of its own
 * @param examples file of the examples; without it, the first rows of {@code path}, which then are no items
 * @param maxNewTokens of an answer to a word problem
 */
public record BenchmarkSettings(
        String name, Kind kind, Path path, int limit, List<Integer> shots, Optional<Path> examples, int maxNewTokens) {

    /** What the items are. */
    public enum Kind {
        /** Word problems whose answer is a number. */
        GSM8K,
        /** Questions with several answers to choose from. */
        ARC
    }

    /** Reads an entry. */
    public static BenchmarkSettings from(ConfigSection section) {
        Kind kind = kind(section);
        List<Integer> shots = section.integers("shots");
        if (shots.isEmpty() || shots.stream().anyMatch(number -> number < 0)) {
            throw section.invalid("shots", "it holds " + shots, "write for example [0] or [0, 8]");
        }
        int limit = section.integer("limit");
        if (limit < 0) {
            throw section.invalid("limit", "it is " + limit, "write a number of items, or 0 for all");
        }
        return new BenchmarkSettings(
                section.optionalString("name").orElse(kind.name().toLowerCase(Locale.ROOT)),
                kind,
                Path.of(section.string("path")),
                limit,
                shots.stream().distinct().sorted().toList(),
                section.optionalString("examples").map(Path::of),
                section.positive("max-new-tokens"));
    }

    /** The most examples of any mode. */
    int mostShots() {
        return shots.get(shots.size() - 1);
    }

    private static Kind kind(ConfigSection section) {
        return switch (section.string("kind")) {
            case "gsm8k" -> Kind.GSM8K;
            case "arc" -> Kind.ARC;
            default -> throw section.invalid("kind", "there is no such benchmark", "write gsm8k or arc");
        };
    }
}
