package org.demur.cells;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
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
    /** Sets SAE features to a multiple of their largest activation, at every token. */
    FEATURE_CLAMP,
    /** The same, only where a feature is active. */
    FEATURE_CLAMP_ACTIVE,
    /** Sets SAE features to a value in the dictionary's own unit, at every token. */
    FEATURE_SET_VALUE,
    /** Limits SAE features to a multiple of their largest activation. */
    FEATURE_CAP,
    /** Sets SAE features to their mean over the prompts of a set. */
    FEATURE_MEAN_ABLATION,
    /** Sets SAE features at every token to what they are at a random token of the same class of another prompt. */
    FEATURE_RESAMPLE_ABLATION,
    /** Sets SAE features to a multiple of what they are at the same places of a plain prompt. */
    FEATURE_RESTORE,
    /** Holds SAE features at what they are without any edit. */
    FEATURE_RETAIN;

    /** The spelling in tables and job files. */
    @JsonValue
    public String sqlName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether the method acts on a set of SAE features. */
    public boolean editsFeatures() {
        return switch (this) {
            case NONE, DIRECTION_ABLATION, DIRECTION_ADDITION -> false;
            case FEATURE_SCALE,
                    FEATURE_CLAMP,
                    FEATURE_CLAMP_ACTIVE,
                    FEATURE_SET_VALUE,
                    FEATURE_CAP,
                    FEATURE_MEAN_ABLATION,
                    FEATURE_RESAMPLE_ABLATION,
                    FEATURE_RESTORE,
                    FEATURE_RETAIN -> true;
        };
    }

    /** Whether the method takes a coefficient. */
    public boolean takesCoefficient() {
        return switch (this) {
            case NONE, DIRECTION_ABLATION, FEATURE_MEAN_ABLATION, FEATURE_RESAMPLE_ABLATION, FEATURE_RETAIN -> false;
            case DIRECTION_ADDITION,
                    FEATURE_SCALE,
                    FEATURE_CLAMP,
                    FEATURE_CLAMP_ACTIVE,
                    FEATURE_SET_VALUE,
                    FEATURE_CAP,
                    FEATURE_RESTORE -> true;
        };
    }

    /** Whether the method needs what features are on prompts of another set. */
    public boolean takesReference() {
        return this == FEATURE_MEAN_ABLATION || isOfPrompt();
    }

    /** Whether its edits differ from prompt to prompt, whatever the feature set. */
    public boolean isOfPrompt() {
        return this == FEATURE_RESAMPLE_ABLATION || this == FEATURE_RESTORE;
    }

    /** Whether its coefficient counts in units of each feature's largest activation. */
    boolean isInMaxima() {
        return this == FEATURE_CLAMP || this == FEATURE_CLAMP_ACTIVE || this == FEATURE_CAP;
    }

    /** The method of that spelling. */
    @JsonCreator
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
