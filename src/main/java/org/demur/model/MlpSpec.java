package org.demur.model;

/**
 * The feed-forward layers of a model.
 *
 * @param width hidden channels
 * @param activation their nonlinearity
 * @param gated down(activation(gate(x)) * up(x)) (Shazeer 2020) instead of down(activation(up(x)))
 * @param bias whether the projections add a bias
 */
public record MlpSpec(int width, Activation activation, boolean gated, boolean bias) {
    /** Nonlinearities. */
    public enum Activation {
        /** x * sigmoid(x). */
        SILU,
        /** x * Phi(x). */
        GELU,
        /** The tanh approximation of GELU (Hendrycks and Gimpel 2016). */
        GELU_TANH
    }
}
