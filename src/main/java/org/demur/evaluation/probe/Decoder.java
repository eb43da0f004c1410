package org.demur.evaluation.probe;

/**
 * The half of a dictionary that writes.
 *
 * <p>Legend: {@code F} features, {@code D} width.
 *
 * @param w_dec_FD rows, shared
 * @param b_dec_D bias, shared
 */
public record Decoder(float[] w_dec_FD, float[] b_dec_D) {
    int width() {
        return b_dec_D.length;
    }

    int features() {
        return w_dec_FD.length / b_dec_D.length;
    }

    /** What a unit of the feature adds along a vector. */
    double along(int feature, double[] vector_D) {
        double sum = 0;
        int from = feature * width();
        for (int c = 0; c < vector_D.length; c++) {
            sum += w_dec_FD[from + c] * vector_D[c];
        }
        return sum;
    }

    /** Length of the feature's row. */
    double norm(int feature) {
        double square = 0;
        int from = feature * width();
        for (int c = from; c < from + width(); c++) {
            square += (double) w_dec_FD[c] * w_dec_FD[c];
        }
        return Math.sqrt(square);
    }
}
