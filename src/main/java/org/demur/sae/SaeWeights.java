package org.demur.sae;

/**
 * The arrays of a dictionary, shared and not copied; sizes follow from the biases.
 *
 * <p>Legend: {@code F} features, {@code D} input width, {@code O} output width, which is {@code D} unless it is a transcoder.
 *
 * @param w_enc_FD encoder rows
 * @param b_enc_F encoder bias
 * @param w_dec_FO decoder rows
 * @param b_dec_O decoder bias
 * @param w_skip_OD map from the input that is added to the output; empty where there is none
 */
public record SaeWeights(float[] w_enc_FD, float[] b_enc_F, float[] w_dec_FO, float[] b_dec_O, float[] w_skip_OD) {
    private static final float[] NO_SKIP = {};

    /** Checks that the lengths fit each other. */
    public SaeWeights {
        int features = b_enc_F.length;
        boolean fit = features > 0
                && b_dec_O.length > 0
                && w_enc_FD.length % features == 0
                && w_dec_FO.length == (long) features * b_dec_O.length
                && (w_skip_OD.length == 0 || w_skip_OD.length == (long) b_dec_O.length * (w_enc_FD.length / features));
        if (!fit) {
            throw new IllegalArgumentException("Weights of " + w_enc_FD.length + ", " + w_dec_FO.length + " and "
                    + w_skip_OD.length + " elements do not fit " + features + " features of width " + b_dec_O.length);
        }
    }

    /** Weights without a skip connection. */
    public SaeWeights(float[] w_enc_FD, float[] b_enc_F, float[] w_dec_FO, float[] b_dec_O) {
        this(w_enc_FD, b_enc_F, w_dec_FO, b_dec_O, NO_SKIP);
    }

    /** Number of features. */
    public int features() {
        return b_enc_F.length;
    }

    /** Width of the input. */
    public int width() {
        return w_enc_FD.length / b_enc_F.length;
    }

    /** Width of the output. */
    public int outputWidth() {
        return b_dec_O.length;
    }

    /** Whether the input is added to the output through a map of its own. */
    public boolean hasSkip() {
        return w_skip_OD.length > 0;
    }

    /** The same with another encoder bias. */
    public SaeWeights withEncoderBias(float[] other_F) {
        return new SaeWeights(w_enc_FD, other_F, w_dec_FO, b_dec_O, w_skip_OD);
    }
}
