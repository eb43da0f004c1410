package org.demur.edit;

import java.io.Serializable;

/**
 * What an edit does to a feature's activation f.
 *
 * <p>Legend: {@code M} features of the edit, {@code T} tokens.
 */
public sealed interface FeatureRule extends Serializable {

    /** f' = factor * f: 0 ablates, a negative factor steers against the feature where it is active. */
    record Scale(float factor) implements FeatureRule {}

    /** f' = value at every token, active or not. */
    record Clamp(float value) implements FeatureRule {}

    /** f' = value where the feature is active, 0 elsewhere as before. */
    record ClampActive(float value) implements FeatureRule {}

    /** f' = min(f, value). */
    record Cap(float value) implements FeatureRule {}

    /**
     * f'_m = value_m at every token: mean ablation, where the values are means.
     *
     * @param value_M one a feature
     */
    record Each(float[] value_M) implements FeatureRule {}

    /**
     * f' is given for every token on its own: resampled values, or those of another prompt.
     *
     * @param value_TM values from the sequence's first token on, row-major; where one is NaN, and at later tokens, f stays
     */
    record AtTokens(float[] value_TM) implements FeatureRule {}

    /**
     * f' is what the feature would be at this token if the sequence had no edits, whatever its edits made of it at earlier
     * layers and tokens. The engine runs the sequence a second time beside it, without edits and with the same tokens.
     */
    record Unedited() implements FeatureRule {}
}
