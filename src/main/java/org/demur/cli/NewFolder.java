package org.demur.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.demur.ExitCode;
import org.demur.JobException;

/** Folders for results, which never mix with what was there before. */
final class NewFolder {
    private NewFolder() {}

    /** The folder, made if it is missing; refused when it holds anything. */
    static Path create(Path folder) {
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
