package org.demur.evaluation;

import java.io.Serializable;

/**
 * What {@link FeatureSums} say of a whole dictionary.
 *
 * @param l0 active features of a row
 * @param l1 mean over rows of the sum of the sizes of feature values
 * @param silent share of features that fire on no row
 * @param aboveOnePercent share of features that fire on more than 1 % of the rows
 * @param aboveTenPercent share of features that fire on more than 10 % of the rows
 */
record Activity(Count l0, double l1, double silent, double aboveOnePercent, double aboveTenPercent)
        implements Serializable {

    /** Distribution of a count over rows: mean, percentiles 5, 50 and 95, and the largest. */
    record Count(double mean, int p05, int p50, int p95, int largest) implements Serializable {}
}
