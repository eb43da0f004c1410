package org.demur.sae.train;

import java.io.Serializable;

/**
 * Sizes of a dictionary.
 *
 * @param features number of features F
 * @param input width of what is encoded
 * @param output width of what is reconstructed; the input's unless it is a transcoder
 * @param scalars numbers that every feature has beside its two rows
 * @param models equal parts of a row, one for each model that a crosscoder reads (Lindsey et al. 2024); the norm of a decoder row is
 *     the sum of the norms of its parts
 */
public record SaeShape(int features, int input, int output, int scalars, int models) implements Serializable {
    /** Checks that the models share a row equally. */
    public SaeShape {
        if (models < 1 || output % models != 0) {
            throw new IllegalArgumentException(
                    "A row of " + output + " elements has no " + models + " equal parts, one for each model");
        }
    }

    /** A dictionary of one model. */
    public SaeShape(int features, int input, int output, int scalars) {
        this(features, input, output, scalars, 1);
    }

    /** A crosscoder of models of one width, whose vectors of a token are laid side by side. */
    public static SaeShape crosscoder(int features, int width, int models, Architecture architecture) {
        int row = Math.multiplyExact(width, models);
        return new SaeShape(features, row, row, architecture.scalars().size(), models);
    }

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
