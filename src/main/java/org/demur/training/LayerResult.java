package org.demur.training;

import java.io.Serializable;
import java.util.List;

/**
 * What the driver learns about a trained layer.
 *
 * @param layer block
 * @param curve logged points
 * @param counts rows used and left out
 */
record LayerResult(int layer, List<CurvePoint> curve, Counts counts) implements Serializable {
    /** Training rows, rows dropped per epoch, outliers, rows of held-out prompts, and steps. */
    record Counts(int rows, int droppedPerEpoch, int outliers, int heldOut, int steps) implements Serializable {}
}
