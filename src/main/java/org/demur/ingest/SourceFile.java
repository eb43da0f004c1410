package org.demur.ingest;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.demur.ExitCode;
import org.demur.JobException;

/** Failures that concern a source file as a whole. */
final class SourceFile {
    private SourceFile() {}

    static JobException unreadable(Path path, IOException cause) {
        return cause instanceof NoSuchFileException
                ? missing(path)
                : new JobException(
                        ExitCode.BAD_DATA,
                        "Prompt file " + path + " cannot be read",
                        "it is damaged or not of the format that its name says",
                        "replace the file, or set its format in the job file",
                        cause);
    }

    static JobException missing(Path path) {
        return new JobException(
                ExitCode.MISSING_INPUT,
                "Prompt file " + path + " does not exist",
                "relative paths start at the folder where the command was started",
                "correct prompts.sets in the job file, or start the command elsewhere");
    }
}
