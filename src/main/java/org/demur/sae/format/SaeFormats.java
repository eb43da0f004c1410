package org.demur.sae.format;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.demur.ExitCode;
import org.demur.JobException;

/** All layouts, to be found by name or by the files that are there. */
public final class SaeFormats {
    private static final List<SaeFormat> ALL = List.of(
            new SaeLensFormat(),
            new DictionaryLearningFormat(),
            new SparsifyFormat(),
            new GemmaScopeFormat(),
            new GemmaScope2Format(),
            new LlamaScopeFormat(),
            new LlamaScopeR1Format(),
            new OpenAiFormat(),
            new QwenScopeFormat());

    private SaeFormats() {}

    /** Every layout. */
    public static List<SaeFormat> all() {
        return ALL;
    }

    /** The names of all layouts. */
    public static List<String> labels() {
        return ALL.stream().map(SaeFormat::label).toList();
    }

    /** The layout of that name. */
    public static SaeFormat named(String label) {
        return ALL.stream()
                .filter(format -> format.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new JobException(
                        ExitCode.USAGE,
                        "There is no format " + label,
                        "known are " + String.join(", ", labels()),
                        "name one of them"));
    }

    /** The layout whose files are at a path. */
    public static SaeFormat at(Path path) {
        if (!Files.exists(path)) {
            throw FormatRefusal.missing(path, "no such file or folder");
        }
        List<SaeFormat> found =
                ALL.stream().filter(format -> format.recognises(path)).toList();
        if (found.size() != 1) {
            String names = found.stream().map(SaeFormat::label).collect(Collectors.joining(" and "));
            throw new JobException(
                    ExitCode.MISMATCH,
                    path + (found.isEmpty() ? ": holds no dictionary" : ": may be " + names),
                    "its files "
                            + (found.isEmpty() ? "are not named as those of any known format" : "fit several formats"),
                    "name its format with --format; known are " + String.join(", ", labels()));
        }
        return found.get(0);
    }
}
