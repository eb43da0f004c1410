package org.demur.sae;

import java.io.Serializable;

/**
 * What happens to a row before the encoder sees it.
 *
 * @param centring whether the decoder bias is subtracted, after the rescaling
 * @param norm rescaling of every row
 */
public record SaeInput(Centring centring, InputNorm norm) implements Serializable {
    /** Whether the decoder bias is subtracted. */
    public enum Centring {
        /** Yes: h = W_enc (x - b_dec) + b_enc. */
        DECODER_BIAS,
        /** No: h = W_enc x + b_enc. */
        NONE
    }

    /** Minus the decoder bias. */
    public static SaeInput centred() {
        return new SaeInput(Centring.DECODER_BIAS, new InputNorm.None());
    }

    /** As it is. */
    public static SaeInput plain() {
        return new SaeInput(Centring.NONE, new InputNorm.None());
    }

    /** Whether the decoder bias is subtracted. */
    public boolean isCentred() {
        return centring == Centring.DECODER_BIAS;
    }
}
