package org.demur.sae.train;

import java.io.Serializable;

/**
 * The loss that lets dead latents explain what the others leave (Gao et al. 2024, section 2.4): the largest dead pre-activations
 * of a row are decoded without bias and compared with the residual, which is held fixed.
 *
 * @param latents most dead latents a row; 0 for no such loss
 * @param weight coefficient of the loss
 * @param form how it is computed
 */
public record Auxiliary(int latents, double weight, Form form) implements Serializable {
    /** The conventions of the libraries. */
    public enum Form {
        /** ReLU; squared error over the variance of the residuals of the shard (Gao et al., dictionary_learning). */
        RESIDUAL_VARIANCE(true, true),
        /** No ReLU, no normalisation; times the share that dead latents have in the most there may be (SAELens). */
        PLAIN(false, true),
        /** As PLAIN, but for every nested prefix on its own residual and with its own latents only (SAELens, Matryoshka). */
        PLAIN_BY_PREFIX(false, true),
        /** ReLU; squared error over the variance of the inputs, times the share; does not reach the encoder (sparsify). */
        INPUT_VARIANCE(true, false);

        private final boolean relu;
        private final boolean movesEncoder;

        Form(boolean relu, boolean movesEncoder) {
            this.relu = relu;
            this.movesEncoder = movesEncoder;
        }

        boolean relu() {
            return relu;
        }

        boolean movesEncoder() {
            return movesEncoder;
        }
    }

    /** No auxiliary loss. */
    public static Auxiliary none() {
        return new Auxiliary(0, 0, Form.RESIDUAL_VARIANCE);
    }
}
