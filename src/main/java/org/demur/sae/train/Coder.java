package org.demur.sae.train;

/** Turns pre-activations of rows into entries and gradients of values into slopes; for one thread. */
interface Coder {
    /** Takes note of a new step. */
    default void begin(StepFacts step) {}

    /** Where the pre-activations of the next row go: at least F elements, those past F are not to be touched. */
    float[] row();

    /** Adds the entries of the row in {@link #row}, features ascending; the caller ends the row. */
    void code(CodeSets codes, StepFacts step);

    /**
     * Turns the gradients with respect to the values of a row, which the slopes hold, into gradients with respect to the
     * encoder's product, and fills the extras.
     *
     * @param shard what {@link Architecture#settle} found
     * @return the row's share of the sparsity loss
     */
    double differentiate(CodeSets codes, int row, StepFacts step, ShardSelection shard);
}
