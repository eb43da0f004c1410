package org.demur.edit;

import java.io.Serializable;

/** What an edit does to a feature's activation f. */
public sealed interface FeatureRule extends Serializable {

    /** f' = factor * f: 0 ablates, a negative factor steers against the feature where it is active. */
    record Scale(float factor) implements FeatureRule {}

    /** f' = value at every token, active or not. */
    record Clamp(float value) implements FeatureRule {}
}
