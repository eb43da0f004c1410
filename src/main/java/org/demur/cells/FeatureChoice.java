package org.demur.cells;

import java.io.Serializable;

/**
 * The features that an action is about.
 *
 * @param set id of the feature set; empty where the method uses none
 * @param n how many of the set, best ranked first; 0 where the method uses none
 * @param form {@code threshold}: each feature fires on its own, or {@code exact}: as when all features are encoded
 */
public record FeatureChoice(String set, int n, String form) implements Serializable {
    /** Each feature fires on its own. */
    public static final String THRESHOLD = "threshold";
    /** Features of a ranking dictionary fire as when all are encoded. */
    public static final String EXACT = "exact";
    /** None. */
    public static final FeatureChoice NONE = new FeatureChoice("", 0, THRESHOLD);

    /** Features in threshold form. */
    public FeatureChoice(String set, int n) {
        this(set, n, THRESHOLD);
    }
}
