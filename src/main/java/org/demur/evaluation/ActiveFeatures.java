package org.demur.evaluation;

import java.io.Serializable;

/**
 * The features that are active on one row, which is not 0, ascending and with their values; as many as happen to be.
 *
 * <p>The arrays are shared, not copied.
 */
record ActiveFeatures(int[] features, float[] values) implements Serializable {
    int count() {
        return features.length;
    }
}
