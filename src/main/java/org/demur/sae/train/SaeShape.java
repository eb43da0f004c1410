package org.demur.sae.train;

import java.io.Serializable;

/**
 * Sizes of a dictionary.
 *
 * @param features number of features F
 * @param input width of what is encoded
 * @param output width of what is reconstructed; the input's unless it is a transcoder
 * @param scalars numbers that every feature has beside its two rows
 */
public record SaeShape(int features, int input, int output, int scalars) implements Serializable {
    /** An autoencoder of an architecture. */
    public static SaeShape of(int features, int width, Architecture architecture) {
        return new SaeShape(features, width, width, architecture.scalars().size());
    }

    /** Floats of a feature in the optimiser's state and in a gradient: both rows, then the scalars. */
    int rowLength() {
        return input + output + scalars;
    }

    /** Number of parameters. */
    public long parameters() {
        return (long) features * rowLength() + output;
    }
}
