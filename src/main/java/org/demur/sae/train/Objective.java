package org.demur.sae.train;

import java.io.Serializable;

/**
 * What is trained and how it is held together.
 *
 * @param architecture kind of dictionary
 * @param auxiliary loss of dead latents
 * @param inputBias what is subtracted from the input of the encoder
 * @param decoderNorm whether decoder rows are kept at norm 1
 * @param clip largest norm of the whole gradient; 0 for no limit
 */
public record Objective(
        Architecture architecture, Auxiliary auxiliary, InputBias inputBias, DecoderNorm decoderNorm, double clip)
        implements Serializable {
    /** What is subtracted from the input of the encoder. */
    public enum InputBias {
        /** The decoder's bias, which thereby gets a gradient from both sides. */
        DECODER,
        /** Nothing. */
        NONE
    }

    /** How decoder rows are constrained. */
    public enum DecoderNorm {
        /** The gradient is projected orthogonal to the row and the row scaled to norm 1 (Bricken et al. 2023). */
        ONE,
        /** Not at all. */
        FREE
    }
}
