package org.demur.cells;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.demur.config.CanonicalJson;
import org.demur.table.Sha256;

/**
 * Finished rows of a stage in its scratch folder, one JSON object a line. The file appears whole or not at all, so a
 * stage that was stopped goes on where it was.
 */
public record PartFile(Path path) {

    /**
     * The file of one part.
     *
     * @param key what tells the part from others, of any length; equal keys give equal files
     * @param number a further distinction, kept readable
     */
    public static PartFile of(Path scratch, String key, int number) {
        byte[] digest = Sha256.of(key.getBytes(StandardCharsets.UTF_8));
        return new PartFile(scratch.resolve(HexFormat.of().formatHex(digest, 0, 8) + "-" + number + ".jsonl"));
    }

    /** Whether all rows are there. */
    public boolean isDone() {
        return Files.exists(path);
    }

    /** A file for rows that are done before the part is. */
    public GrowingFile growing() {
        return new GrowingFile(path);
    }

    /** Writes the rows as canonical JSON; a second attempt replaces the file with the same content. */
    public void write(List<?> rows) {
        Path unfinished = path.resolveSibling(path.getFileName() + "." + UUID.randomUUID() + ".tmp");
        String lines = rows.stream().map(CanonicalJson::of).collect(Collectors.joining("\n", "", "\n"));
        try {
            Files.writeString(unfinished, lines);
            Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + path, e);
        }
    }
}
