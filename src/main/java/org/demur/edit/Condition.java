package org.demur.edit;

import java.io.Serializable;

/**
 * Which tokens a conditional edit holds at, decided by the stream that reaches a point, before the edits of that point.
 */
public sealed interface Condition extends Serializable {

    /** Where the stream is looked at. */
    HookPoint at();

    /**
     * A feature exceeds a value.
     *
     * @param feature a slice of one feature
     * @param value in the unit of the slice
     */
    record FeatureAbove(FeatureSlice feature, float value) implements Condition {
        /** Refuses several features. */
        public FeatureAbove {
            if (feature.size() != 1) {
                throw new IllegalArgumentException("A condition looks at one feature, not " + feature.size());
            }
        }

        @Override
        public HookPoint at() {
            return feature.at();
        }
    }

    /**
     * The stream's component along a unit vector exceeds a value.
     *
     * @param value in units of the stream
     */
    record ProjectionAbove(HookPoint at, float[] unit, float value) implements Condition {}
}
