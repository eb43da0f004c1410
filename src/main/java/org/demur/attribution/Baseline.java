package org.demur.attribution;

import java.util.Arrays;
import java.util.Locale;
import org.demur.ExitCode;
import org.demur.JobException;

/** Where integrated gradients of a layer lead from the untouched stream, and what its features become there. */
public enum Baseline {
    /** The stream with the direction ablated; features take their values there. */
    ABLATED,
    /** A stream of zeros, and no feature at all. */
    ZERO;

    /** The choice of that spelling. */
    public static Baseline of(String name) {
        return Arrays.stream(values())
                .filter(baseline -> baseline.name().toLowerCase(Locale.ROOT).equals(name))
                .findFirst()
                .orElseThrow(() -> new JobException(
                        ExitCode.USAGE,
                        "Unknown baseline '" + name + "'",
                        "attribute.ig-baseline in the job file names one that does not exist.",
                        "Use ablated or zero."));
    }
}
