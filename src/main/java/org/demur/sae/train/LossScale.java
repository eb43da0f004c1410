package org.demur.sae.train;

/**
 * Constants of the loss.
 *
 * @param inputScale factor from stored activations to the scaled space
 * @param minibatchRows rows of a minibatch over all shards
 * @param variance total variance of the inputs by which squared errors are divided; 1 leaves them as they are
 * @param shards shards of a minibatch
 */
public record LossScale(float inputScale, int minibatchRows, double variance, int shards) {
    /** Factor from a summed squared error to the loss. */
    double perSquare() {
        return 1 / (minibatchRows * variance);
    }

    /** Factor from an error to the gradient of the squared-error loss. */
    float slope() {
        return (float) (2 * perSquare());
    }

    /** Factor from a sum over rows to a mean over the minibatch. */
    double perRow() {
        return 1.0 / minibatchRows;
    }
}
