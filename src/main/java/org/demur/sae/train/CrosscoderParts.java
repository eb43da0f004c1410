package org.demur.sae.train;

import org.demur.sae.RowKernels;
import org.demur.sae.Sae;

/**
 * What a crosscoder, a dictionary of the vectors of two models laid side by side, says about each of them (Lindsey et al. 2024): how
 * much of a feature's decoder belongs to the second model tells features of one model alone from those that both share.
 *
 * <p>Legend: {@code F} features, {@code D} width of one model.
 */
public final class CrosscoderParts {
    private static final int MODELS = 2;

    private final Sae wide;

    /**
     * The parts of a crosscoder of two models.
     *
     * @throws IllegalArgumentException if its rows have no two equal parts
     */
    public CrosscoderParts(Sae wide) {
        if (wide.d() % MODELS != 0 || wide.isTranscoder()) {
            throw new IllegalArgumentException("A dictionary of width " + wide.d() + " is no crosscoder of two models");
        }
        this.wide = wide;
    }

    /** Features by the model that they belong to. */
    public record Counts(int firstOnly, int shared, int secondOnly) {}

    /** Encoder rows of a model, 0 or 1, [F, D]; the pre-activation of a feature is the sum over both, and its bias. */
    public float[] encoder(int model) {
        return part(wide.w_enc_FD(), model);
    }

    /** Decoder rows of a model, [F, D]. */
    public float[] decoder(int model) {
        return part(wide.w_dec_FD(), model);
    }

    /** Decoder bias of a model, [D]. */
    public float[] decoderBias(int model) {
        return part(wide.b_dec_D(), model);
    }

    private float[] part(float[] rows, int model) {
        int width = wide.d() / MODELS;
        float[] part = new float[rows.length / MODELS];
        for (int at = 0; at < part.length; at += width) {
            System.arraycopy(rows, at * MODELS + model * width, part, at, width);
        }
        return part;
    }

    /** The second model's share of the norm of every decoder row, [F]: 0 for the first alone, 1 for the second alone. */
    public float[] secondShare() {
        int width = wide.d() / MODELS;
        float[] lanes = new float[RowKernels.LANES];
        float[] rows = wide.w_dec_FD();
        float[] share_F = new float[wide.F()];
        for (int j = 0; j < share_F.length; j++) {
            int first = j * wide.d();
            int second = first + width;
            double one = Math.sqrt(RowKernels.dot(rows, first, rows, first, width, lanes));
            double other = Math.sqrt(RowKernels.dot(rows, second, rows, second, width, lanes));
            share_F[j] = one + other > 0 ? (float) (other / (one + other)) : Float.NaN;
        }
        return share_F;
    }

    /** Counts features whose share lies within {@code margin} of 0 or 1, and the others; rows of norm 0 count nowhere. */
    public Counts counts(float margin) {
        float[] share_F = secondShare();
        int[] counts = new int[MODELS + 1];
        for (float share : share_F) {
            if (!Float.isNaN(share)) {
                counts[share < margin ? 0 : share > 1 - margin ? 2 : 1]++;
            }
        }
        return new Counts(counts[0], counts[1], counts[2]);
    }
}
