package org.demur.direction;

/** The two kinds of prompt that a direction separates. */
enum Side {
    /** Requests that the model should refuse. */
    HARMFUL,
    /** Requests that it should answer. */
    HARMLESS;

    /** Whether a refusal score (positive: refuses) is what this side calls for. */
    boolean behavesAsExpected(double refusalScore) {
        return this == HARMFUL ? refusalScore > 0 : refusalScore < 0;
    }
}
