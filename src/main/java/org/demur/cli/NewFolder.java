package org.demur.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.demur.ExitCode;
import org.demur.JobException;

/** Folders for results, which never mix with what was there before. */
final class NewFolder {
    private NewFolder() {}

    /** Has the folder filled, which is made if it is missing; refused when it holds anything. One that stays empty goes again. */
    static void fill(Path folder, Consumer<Path> content) {
        boolean isNew = !Files.exists(folder);
        try {
            content.accept(create(folder));
        } catch (JobException e) {
            if (isNew) {
                removeEmpty(folder);
            }
            throw e;
        }
    }

    private static void removeEmpty(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            if (files.findAny().isEmpty()) {
                Files.delete(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot remove the empty folder " + folder, e);
        }
    }

    private static Path create(Path folder) {
        try (Stream<Path> files = Files.list(Files.createDirectories(folder))) {
            if (files.findAny().isPresent()) {
                throw new JobException(
                        ExitCode.EXISTS,
                        folder + " is not empty",
                        "files of two dictionaries in one folder could be taken for one",
                        "name a new folder, or empty this one");
            }
            return folder;
        } catch (IOException e) {
            throw new JobException(
                    ExitCode.UNAVAILABLE,
                    folder + " cannot be made (" + e.getMessage() + ")",
                    "its parent is missing or not writable, or a file has its name",
                    "check the path",
                    e);
        }
    }
}
