package org.demur.edit;

import java.io.Serializable;

/**
 * What decides besides its own pre-activation whether a feature fires.
 *
 * <p>Legend: {@code F} features of the dictionary, {@code D} width of the stream.
 */
public sealed interface Rivals extends Serializable {
    /** Nothing does: the threshold form. */
    Rivals NONE = new None();

    /** Nothing. */
    record None() implements Rivals {}

    /**
     * Only the k largest pre-activations of a token fire (Gao et al. 2024, eq. 1); equal ones in the last place all do.
     *
     * @param w_enc_FD all encoder rows, in raw residual units
     * @param b_enc_F all encoder biases, as in {@link FeatureSlice}
     */
    record TopK(float[] w_enc_FD, float[] b_enc_F, int k) implements Rivals {}

    /**
     * Only the largest pre-activation of each group of consecutive features fires.
     *
     * @param groups number of groups, all of one size
     */
    record GroupMax(float[] w_enc_FD, float[] b_enc_F, int groups) implements Rivals {}
}
