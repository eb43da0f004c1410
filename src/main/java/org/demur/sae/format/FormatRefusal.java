package org.demur.sae.format;

import java.nio.file.Path;
import org.demur.ExitCode;
import org.demur.JobException;

/** The refusals of dictionaries in files, in the three parts of every Demur error. */
final class FormatRefusal {
    private FormatRefusal() {}

    /** The bytes contradict the layout or each other. */
    static JobException broken(Path file, String detail) {
        return new JobException(
                ExitCode.MISMATCH,
                file + ": " + detail,
                "the file is damaged or edited, or is not of the format that it was taken for",
                "fetch it again and compare its SHA-256 with the publisher's, or name its format with --format");
    }

    /** The file is sound, but means something that is not implemented. */
    static JobException unsupported(Path file, String detail) {
        return new JobException(
                ExitCode.MISMATCH,
                file + ": " + detail,
                "reading on would compute something other than this dictionary",
                "use a dictionary without this feature");
    }

    /** A pickle that is more than data. */
    static JobException unsafe(Path file, String detail) {
        return new JobException(
                ExitCode.MISMATCH,
                file + ": " + detail,
                "a pickle may hold programs; this one is damaged or not only a dict of tensors, and nothing of it was executed",
                "get the dictionary as safetensors, or save its state dict again with torch.save");
    }

    /** The file is not there. */
    static JobException missing(Path file, String detail) {
        return new JobException(
                ExitCode.MISSING_INPUT,
                file + ": " + detail,
                "the path is wrong, the file was not fetched, or it may not be read",
                "check the path and the permissions");
    }

    /** The format has no room for what the dictionary does. */
    static JobException noRoom(SaeFormat format, String detail) {
        return new JobException(
                ExitCode.USAGE,
                "The format " + format.label() + " cannot hold " + detail,
                "its library would compute something other than this dictionary",
                "export to another format; saelens holds most");
    }

    /** The target cannot be written. */
    static JobException unwritable(Path file, Exception cause) {
        return new JobException(
                ExitCode.UNAVAILABLE,
                file + ": cannot be written (" + cause.getMessage() + ")",
                "the folder is missing, full or not writable",
                "check the folder and its free space",
                cause);
    }
}
