package org.demur.rows;

import java.io.Serializable;

/**
 * Counts of the rows of a layer.
 *
 * @param rows training rows
 * @param units forward passes that they come from
 * @param prompts prompts that they come from
 * @param meanNorm mean Euclidean length of the training rows
 * @param leftOut rows that are not trained on
 * @param steps minibatches of the whole run
 */
public record RowFacts(int rows, int units, int prompts, double meanNorm, LeftOut leftOut, int steps)
        implements Serializable {
    /** Rows of held-out prompts, rows of excluded token classes, and rows whose norm is too large; each counted once. */
    public record LeftOut(int heldOut, int excluded, int outliers) implements Serializable {}
}
