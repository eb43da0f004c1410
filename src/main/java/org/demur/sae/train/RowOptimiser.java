package org.demur.sae.train;

/**
 * Updates one row of weights at a time, so that gradient, state and weights of the row stay in the nearest cache.
 *
 * <p>Each weight has {@link #states} floats of state, kept in as many arrays of one row layout.
 */
public sealed interface RowOptimiser
        permits AdamOptimiser, SignOptimiser, ScheduleFreeOptimiser, MuonOptimiser, AveragedOptimiser {
    /** Floats of state for every weight. */
    int states();

    /**
     * How many of the states, the first ones, are iterates like the weights themselves: whoever averages weights of several
     * trainings averages these too.
     */
    default int iterates() {
        return 0;
    }

    /** The rule of numbers that are no rows of a matrix, scalars and the decoder bias; it has as many states. */
    default RowOptimiser ofVectors() {
        return this;
    }

    /** The state of a fresh row. */
    void begin(Row row);

    /** Updates the row with its gradient at {@code step} (from 1). */
    void update(Row row, float[] gradient, int from, Step step);

    /** Turns training weights into the weights to publish. */
    void finish(Row row);

    /** Whether a row without any gradient is updated nevertheless. */
    boolean movesIdleRows();

    /**
     * A row of weights and its state.
     *
     * @param weights array of the weights
     * @param at offset of the row
     * @param state arrays of state
     * @param stateAt offset of the row in every state array
     * @param length weights in the row
     */
    record Row(float[] weights, int at, float[][] state, int stateAt, int length) {}

    /**
     * A point of the schedule.
     *
     * @param number steps done including this one
     * @param learningRate rate of this step
     * @param averageWeight share of this step in a running average of iterates, for optimisers that keep one
     * @param sparsity share of the sparsity coefficient in force, from 0 to 1
     * @param biases shares of the rate at which biases move
     */
    record Step(int number, double learningRate, double averageWeight, double sparsity, BiasRates biases) {
        /** A step with the sparsity coefficient in full force and one rate for all. */
        public Step(int number, double learningRate, double averageWeight) {
            this(number, learningRate, averageWeight, 1, BiasRates.one());
        }

        /** The step as it is for the encoder's biases. */
        Step ofEncoderBias() {
            return at(learningRate * biases.encoder());
        }

        /** The step as it is for the decoder bias. */
        Step ofDecoderBias() {
            return at(learningRate * biases.decoder());
        }

        private Step at(double rate) {
            return new Step(number, rate, averageWeight, sparsity, biases);
        }
    }

    /**
     * Shares of the learning rate at which biases move. Rules that step by signs move every parameter by the rate itself, and biases
     * live on another scale than the elements of unit rows.
     *
     * @param encoder encoder biases; thresholds move at the rate itself, or they could not follow the growth of encoder rows
     * @param decoder the decoder bias
     */
    record BiasRates(double encoder, double decoder) implements java.io.Serializable {
        /** The rate of all others. */
        public static BiasRates one() {
            return new BiasRates(1, 1);
        }
    }
}
