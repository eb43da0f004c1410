package org.demur.ingest;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.demur.config.ConfigSection;

/** File formats of prompt sets. */
enum SourceFormat {
    JSONL,
    CSV,
    PARQUET,
    TXT;

    /** The setting {@code format}; {@code auto} goes by the ending of the file name. */
    static SourceFormat from(ConfigSection set, Path path) {
        String given = set.string("format");
        String name = path.getFileName().toString();
        String wanted = given.equals("auto") ? name.substring(name.lastIndexOf('.') + 1) : given;
        return Arrays.stream(values())
                .filter(format -> format.name().equals(wanted.toUpperCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> set.invalid(
                        "format",
                        "'" + wanted + "' is no format of prompt sets",
                        "use one of auto, "
                                + Arrays.stream(values())
                                        .map(format -> format.name().toLowerCase(Locale.ROOT))
                                        .collect(Collectors.joining(", "))));
    }
}
