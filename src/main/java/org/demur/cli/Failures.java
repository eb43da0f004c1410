package org.demur.cli;

import java.util.Optional;
import org.demur.ExitCode;
import org.demur.JobException;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** Turns failures into a message and an exit code; stack traces only on request. */
final class Failures implements CommandLine.IExecutionExceptionHandler {
    @Option(names = "--debug", description = "Shows stack traces. Given before the command: demur --debug study ...")
    private boolean isDebug;

    @Override
    public int handleExecutionException(
            Exception failure, CommandLine commandLine, CommandLine.ParseResult parseResult) {
        Optional<JobException> expected = expected(failure);
        commandLine.getErr().println(expected.map(Throwable::getMessage).orElseGet(() -> unexpected(failure)));
        if (isDebug) {
            failure.printStackTrace(commandLine.getErr());
        }
        commandLine.getErr().flush();
        return expected.map(JobException::exitCode).orElse(ExitCode.FAILED).code();
    }

    /** A failure that a task or a stage meant for the user, however deep Spark wrapped it. */
    private static Optional<JobException> expected(Throwable failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof JobException meant) {
                return Optional.of(meant);
            }
        }
        return Optional.empty();
    }

    private static String unexpected(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = String.valueOf(root.getMessage()).lines().findFirst().orElse("");
        return "Failed: " + root.getClass().getSimpleName() + ": " + message
                + "\n  why: this was not foreseen; a retry may help"
                + "\n  do:  run the command again with --debug before its name to see where it happened";
    }
}
