package org.demur.table;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Lines in a folder that survive the process. Every writer has a file of its own, so a line that a crash tore apart is
 * the last of its file and is left out by readers.
 */
public record Journal(Path folder) {
    private static final String ENDING = ".jsonl";

    /** All whole lines, files in the order of their names. */
    public List<String> lines() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(ENDING))
                    .sorted()
                    .flatMap(file -> wholeLines(file).stream())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot list " + folder, e);
        }
    }

    /** A new file to append to. */
    public Writer open() {
        return new Writer(folder.resolve(UUID.randomUUID() + ENDING));
    }

    private static List<String> wholeLines(Path file) {
        try {
            String text = Files.readString(file);
            return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file, e);
        }
    }

    /** Appends lines; each is on the disk when the call returns. Safe to share between threads. */
    public static final class Writer implements AutoCloseable {
        private final FileChannel channel;

        private Writer(Path file) {
            try {
                channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot create " + file, e);
            }
        }

        /** Appends a line, which must not contain a line break. */
        public synchronized void append(String line) {
            ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
            try {
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(false);
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot append to a journal", e);
            }
        }

        @Override
        public void close() {
            try {
                channel.close();
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot close a journal", e);
            }
        }
    }
}
