package org.demur.cells;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.demur.ExitCode;
import org.demur.JobException;

/** What an intervention does to the residual stream while the model reads and answers. */
public enum Method {
    /** Nothing: the base model. */
    NONE,
    /** Removes the refusal direction at every layer. */
    DIRECTION_ABLATION,
    /** Adds a multiple of the refusal direction at the layer where it was found. */
    DIRECTION_ADDITION,
    /** Multiplies SAE features by a factor. */
    FEATURE_SCALE,
    /** Sets SAE features to a multiple of their largest activation. */
    FEATURE_CLAMP;

    /** The spelling in tables and job files. */
    public String sqlName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether the method acts on a set of SAE features. */
    public boolean editsFeatures() {
        return this == FEATURE_SCALE || this == FEATURE_CLAMP;
    }

    /** Whether the method takes a coefficient. */
    public boolean takesCoefficient() {
        return this != NONE && this != DIRECTION_ABLATION;
    }

    /** The method of that spelling. */
    public static Method of(String sqlName) {
        return Arrays.stream(values())
                .filter(method -> method.sqlName().equals(sqlName))
                .findFirst()
                .orElseThrow(() -> new JobException(
                        ExitCode.USAGE,
                        "Unknown intervention method '" + sqlName + "'",
                        "A sweep grid in the job file misspells it, or the table was written by another version.",
                        "Use one of "
                                + Arrays.stream(values()).map(Method::sqlName).collect(Collectors.joining(", "))
                                + "."));
    }
}
