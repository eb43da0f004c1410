package org.demur.attribution;

import java.io.Serializable;

/** A feature of one of several SAEs. */
record FeatureId(int layer, int feature) implements Serializable {

    /** One number a feature; ascending by layer, then by index. */
    long key() {
        return (long) layer << Integer.SIZE | feature;
    }

    static FeatureId of(long key) {
        return new FeatureId((int) (key >> Integer.SIZE), (int) key);
    }
}
