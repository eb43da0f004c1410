package org.demur.training;

import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import org.demur.rows.MixingFigures;
import org.demur.rows.RowFacts;

/**
 * What the driver learns about a trained dictionary.
 *
 * @param layer block
 * @param variant which dictionary of the layer
 * @param curve logged points
 * @param counts rows used and left out
 */
record LayerResult(int layer, SaeVariant variant, List<CurvePoint> curve, Counts counts) implements Serializable {
    /**
     * Rows used and left out, and how they came.
     *
     * @param rows counts of the layer
     * @param unusedRows rows of all passes that fill no minibatch
     * @param mixing of the minibatches of the worker of rank 0
     * @param wait_s seconds that it waited for rows
     * @param times of all workers
     */
    record Counts(RowFacts rows, long unusedRows, MixingFigures mixing, double wait_s, List<StepTimes> times)
            implements Serializable {
        /** For people. */
        String text() {
            return String.format(
                    Locale.ROOT,
                    "%d training rows of %d prompts in %d forward passes, %d left over at the end, %d outliers,"
                            + " %d of held-out prompts, %d of excluded classes, %d steps, wait_seconds %.3f",
                    rows.rows(),
                    rows.prompts(),
                    rows.units(),
                    unusedRows,
                    rows.leftOut().outliers(),
                    rows.leftOut().heldOut(),
                    rows.leftOut().excluded(),
                    rows.steps(),
                    wait_s);
        }
    }
}
