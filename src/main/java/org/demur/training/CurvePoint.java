package org.demur.training;

import java.io.Serializable;

/** A row of the table sae_training without its layer. */
record CurvePoint(
        int step,
        int epoch,
        long rows,
        double learningRate,
        double loss,
        double fvu,
        double l0,
        double auxiliaryLoss,
        double deadFraction)
        implements Serializable {}
