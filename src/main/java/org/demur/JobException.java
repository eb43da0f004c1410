package org.demur;

/**
 * A failure that a user can act on. The message has three lines: what happened, with the values; why it most likely
 * happened; what to do. It never holds the text of a prompt or a completion, only ids and lengths.
 */
public final class JobException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ExitCode exitCode;

    /** A failure without an underlying exception. */
    public JobException(ExitCode exitCode, String what, String why, String todo) {
        this(exitCode, what, why, todo, null);
    }

    /** A failure caused by another exception, whose stack is kept for debugging. */
    public JobException(ExitCode exitCode, String what, String why, String todo, Throwable cause) {
        super(what + "\n  why: " + why + "\n  do:  " + todo, cause);
        this.exitCode = exitCode;
    }

    /** The code that the process ends with. */
    public ExitCode exitCode() {
        return exitCode;
    }
}
