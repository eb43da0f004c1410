package org.demur;

/** Process exit codes; schedulers may branch on them. */
public enum ExitCode {
    /** Done, or already published. */
    OK(0),
    /** Failed; a retry may help. */
    FAILED(1),
    /** Bad command line or job file. */
    USAGE(2),
    /** More bad input rows than the job file allows. */
    BAD_DATA(65),
    /** An input file or an upstream table is missing. */
    MISSING_INPUT(66),
    /** The engine or the device that was asked for is not there. */
    UNAVAILABLE(69),
    /** The output exists and differs. */
    EXISTS(73),
    /** Something passing stood in the way; try again later. */
    RETRY(75),
    /** A schema, format or digest is not the one expected. */
    MISMATCH(78);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    /** The number handed to the operating system. */
    public int code() {
        return code;
    }
}
