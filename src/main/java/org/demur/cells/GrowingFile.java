package org.demur.cells;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.demur.config.CanonicalJson;

/**
 * Rows of a part that is not finished, for whoever wants to look on: a row is there, with the end of its line, as soon as
 * it was added. No stage reads it; it goes when it is closed, and with the scratch folder if the process dies before.
 */
public final class GrowingFile implements AutoCloseable {
    private final Path path;
    private final Writer writer;

    GrowingFile(Path part) {
        path = part.resolveSibling(part.getFileName() + "." + UUID.randomUUID() + ".growing");
        try {
            writer = Files.newBufferedWriter(path);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + path, e);
        }
    }

    /** Adds a row as canonical JSON. */
    public void add(Object row) {
        try {
            writer.write(CanonicalJson.of(row) + "\n");
            writer.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + path, e);
        }
    }

    @Override
    public void close() {
        try {
            writer.close();
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot close " + path, e);
        }
    }
}
