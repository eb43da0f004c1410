package org.demur.training;

import java.io.Serializable;
import java.util.Locale;

/**
 * One of the dictionaries of a layer.
 *
 * @param number place among the layer's dictionaries; the first, 0, is the one that later stages read
 * @param features dictionary size
 * @param k active features per row
 * @param seed tells starts apart
 */
record SaeVariant(int number, int features, double k, long seed) implements Serializable {
    /** Folder below the run's dictionaries: {@code layer=N} for the first, {@code others/layer=N,...} for the rest. */
    String folder(int layer) {
        return number == 0 ? "layer=" + layer : "others/layer=" + layer + "," + name();
    }

    /** The numbers that tell it from the others. */
    String name() {
        String shortK = k == Math.rint(k) ? String.valueOf((long) k) : String.format(Locale.ROOT, "%s", k);
        return "features=" + features + ",k=" + shortK + ",seed=" + seed;
    }
}
