package org.demur.evaluation.probe;

import java.io.Serializable;

/**
 * A measured figure beside its control.
 *
 * @param subject what was measured
 * @param trainPrompts prompts behind the choice of features and the fit
 * @param before the accuracy before features were taken away; NaN where nothing is taken away
 * @param value the figure
 * @param control the same figure where there is nothing to find
 * @param features features or dimensions that it reads or takes away; empty where that is all
 */
public record ProbeResult(
        Subject subject, int trainPrompts, double before, Measurement value, Measurement control, int[] features)
        implements Serializable {
    /**
     * @param metric figure, as spelled in the table
     * @param concept what the probe tells
     * @param representation numbers it reads, as spelled in the table
     * @param size how many features or dimensions
     * @param controlKind what the control is
     */
    public record Subject(String metric, String concept, String representation, int size, Control controlKind)
            implements Serializable {}

    /** Where there is nothing to find. */
    public enum Control {
        /** The labels are dealt out anew, of training and of test prompts. */
        SHUFFLED_LABELS,
        /** Other features take the place of the chosen ones. */
        RANDOM_FEATURES
    }
}
