package org.demur.rows;

/**
 * A random sample of the training rows of a layer, the same on every worker and from every source: the rows of the smallest
 * hashes of their keys.
 *
 * @param rows number of rows N
 * @param width values of a row D
 * @param x_ND the values as training sees them
 */
public record RowSample(int rows, int width, float[] x_ND) {
    /** The sample times {@code scale}, [N, D]. */
    public float[] scaled(float scale) {
        float[] scaled_ND = new float[x_ND.length];
        for (int i = 0; i < scaled_ND.length; i++) {
            scaled_ND[i] = x_ND[i] * scale;
        }
        return scaled_ND;
    }
}
