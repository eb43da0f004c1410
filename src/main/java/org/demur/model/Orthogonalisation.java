package org.demur.model;

import java.util.Set;

/**
 * Removes a direction from everything that a model writes into its residual stream (Arditi et al. 2024, section 4.1): W_out
 * becomes W_out - u u^T W_out for the embedding, the output projection of attention and the down projection of the MLP.
 * The result computes what the model computes with the direction ablated after the embedding and after every block's
 * halves.
 */
public final class Orthogonalisation {
    private static final Set<TensorRole> COLUMNS = Set.of(TensorRole.ATTENTION_OUTPUT, TensorRole.DOWN);
    private static final Set<TensorRole> ROWS =
            Set.of(TensorRole.EMBEDDING, TensorRole.ATTENTION_OUTPUT_BIAS, TensorRole.DOWN_BIAS);

    private final double[] unit_D;

    /**
     * For one direction.
     *
     * @param direction_D of any length but 0
     */
    public Orthogonalisation(float[] direction_D) {
        double norm = 0;
        for (float value : direction_D) {
            norm += (double) value * value;
        }
        if (!(norm > 0) || Double.isInfinite(norm)) {
            throw new IllegalArgumentException("A direction of squared length " + norm + " cannot be removed");
        }
        unit_D = new double[direction_D.length];
        for (int i = 0; i < unit_D.length; i++) {
            unit_D[i] = direction_D[i] / Math.sqrt(norm);
        }
    }

    /** Width of the stream that the direction lies in. */
    int width() {
        return unit_D.length;
    }

    /** Whether a tensor writes into the stream. */
    static boolean changes(TensorRole role) {
        return COLUMNS.contains(role) || ROWS.contains(role);
    }

    /**
     * Changes the values of a tensor in place, in fp64.
     *
     * @param values row-major, as the role's shape says; rows of the stream's width, or a matrix with a row for each of its
     *     elements
     */
    void apply(TensorRole role, float[] values) {
        if (ROWS.contains(role)) {
            for (int at = 0; at < values.length; at += unit_D.length) {
                row(values, at);
            }
        } else if (COLUMNS.contains(role)) {
            columns(values);
        }
    }

    private void row(float[] values, int at) {
        double along = 0;
        for (int i = 0; i < unit_D.length; i++) {
            along += values[at + i] * unit_D[i];
        }
        for (int i = 0; i < unit_D.length; i++) {
            values[at + i] -= (float) (along * unit_D[i]);
        }
    }

    private void columns(float[] w_DK) {
        int k = w_DK.length / unit_D.length;
        double[] along_K = new double[k];
        for (int i = 0; i < unit_D.length; i++) {
            for (int c = 0; c < k; c++) {
                along_K[c] += unit_D[i] * w_DK[i * k + c];
            }
        }
        for (int i = 0; i < unit_D.length; i++) {
            for (int c = 0; c < k; c++) {
                w_DK[i * k + c] -= (float) (unit_D[i] * along_K[c]);
            }
        }
    }
}
