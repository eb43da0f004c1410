package org.demur.model;

import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * What an adapter adds to one weight: scale * B A (Hu et al. 2021, eq. 3), in fp32.
 *
 * @param source of both matrices
 * @param down name of A, [r, columns]
 * @param up name of B, [stored rows, r]
 * @param rows of the weight among those of B
 * @param scale alpha / r, or alpha / sqrt(r)
 */
record LoraDelta(TensorSource source, String down, String up, RowMap rows, float scale) {
    /** Adds the rows from {@code firstRow} on to {@code weights_RC}, which starts at {@code start}. */
    void addTo(FloatBuffer weights_RC, int start, long firstRow, int count) {
        TensorInfo shape = source.info(down);
        int rank = (int) shape.rows();
        int columns = Math.toIntExact(shape.rowLength());
        FloatBuffer a_KC = FloatBuffer.allocate(Math.multiplyExact(rank, columns));
        source.readFloats(down, a_KC);
        FloatBuffer b_K = FloatBuffer.allocate(rank);
        float[] delta_C = new float[columns];
        for (int row = 0; row < count; row++) {
            source.readRows(up, rows.stored(firstRow + row), 1, b_K.clear());
            product(b_K.array(), a_KC.array(), delta_C);
            int at = start + row * columns;
            for (int c = 0; c < columns; c++) {
                weights_RC.put(at + c, weights_RC.get(at + c) + scale * delta_C[c]);
            }
        }
    }

    private static void product(float[] b_K, float[] a_KC, float[] delta_C) {
        Arrays.fill(delta_C, 0);
        for (int k = 0; k < b_K.length; k++) {
            int at = k * delta_C.length;
            for (int c = 0; c < delta_C.length; c++) {
                delta_C[c] += b_K[k] * a_KC[at + c];
            }
        }
    }
}
