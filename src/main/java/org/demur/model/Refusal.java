package org.demur.model;

import java.nio.file.Path;
import org.demur.ExitCode;
import org.demur.JobException;

/** The refusals of model files, in the three parts of every Demur error. */
final class Refusal {
    private Refusal() {}

    /** The bytes contradict the format. */
    static JobException broken(Path file, String detail) {
        return new JobException(
                ExitCode.MISMATCH,
                file + ": " + detail,
                "the file is damaged, incomplete or not of the format its name says",
                "fetch the file again and compare its SHA-256 with the publisher's");
    }

    /** The bytes are sound, but ask for something that is not implemented. */
    static JobException unsupported(Path file, String detail) {
        return new JobException(
                ExitCode.MISMATCH,
                file + ": " + detail,
                "reading on would compute something other than this model",
                "use a model or a conversion of it without this feature");
    }

    /** The file is not there. */
    static JobException missing(Path file, String detail) {
        return new JobException(
                ExitCode.MISSING_INPUT,
                file + ": " + detail,
                "the path is wrong, the file was not fetched, or it may not be read",
                "check the path and the permissions");
    }

    /** The caller asked for something the file does not hold. */
    static JobException misused(Path file, String detail) {
        return new JobException(
                ExitCode.USAGE,
                file + ": " + detail,
                "the request does not fit the tensor",
                "ask for a tensor the file lists, within its shape");
    }
}
