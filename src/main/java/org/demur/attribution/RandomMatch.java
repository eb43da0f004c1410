package org.demur.attribution;

import java.util.Arrays;
import java.util.Locale;
import org.demur.ExitCode;
import org.demur.JobException;

/** What the features of a random control set share with those of F*, one by one. */
public enum RandomMatch {
    /** The layer. */
    LAYER,
    /** The layer, and about the share of tokens on which the feature is active. */
    DENSITY;

    /** The spelling in tables and job files. */
    String sqlName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The choice of that spelling. */
    public static RandomMatch of(String name) {
        return Arrays.stream(values())
                .filter(match -> match.name().toLowerCase(Locale.ROOT).equals(name))
                .findFirst()
                .orElseThrow(() -> new JobException(
                        ExitCode.USAGE,
                        "Unknown matching of random features '" + name + "'",
                        "attribute.random-match in the job file names one that does not exist.",
                        "Use layer or density."));
    }
}
