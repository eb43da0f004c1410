package org.demur.evaluation;

import java.io.Serializable;
import java.util.List;

/**
 * What the driver learns of one dictionary.
 *
 * @param mean_D mean of all rows measured
 */
record LayerSummary(int layer, Split heldOut, Split trained, float[] mean_D, Cosines cosines, List<Bin> bins)
        implements Serializable {

    /** Figures of one split. */
    record Split(ReconstructionSums reconstruction, Activity activity) implements Serializable {
        long rows() {
            return reconstruction.rows();
        }
    }

    /**
     * Cosines between directions of the dictionary.
     *
     * @param nearestMean mean over features of the largest cosine with another feature's decoder row
     * @param nearestMedian their median
     * @param nearestLargest the largest of all
     * @param ownMean mean cosine of a feature's encoder and decoder row
     */
    record Cosines(double nearestMean, double nearestMedian, double nearestLargest, double ownMean)
            implements Serializable {}
}
