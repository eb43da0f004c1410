package org.demur.sae;

import java.util.Arrays;

/**
 * Latents of a batch of rows: {@code k} entries a row, indices ascending, values at least 0. An entry with value 0 stands
 * for a selected latent that the ReLU silenced.
 *
 * @param rows number of rows B
 * @param k entries in every row
 * @param indices_BK feature numbers [B, k]
 * @param values_BK feature values [B, k]
 */
public record SparseCodes(int rows, int k, int[] indices_BK, float[] values_BK) {
    /** Zeroed codes of a shape. */
    public static SparseCodes of(int rows, int k) {
        return new SparseCodes(rows, k, new int[rows * k], new float[rows * k]);
    }

    /** Number of entries above 0 over all rows. */
    public long active() {
        long active = 0;
        for (float value : values_BK) {
            active += value > 0 ? 1 : 0;
        }
        return active;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SparseCodes codes
                && rows == codes.rows
                && k == codes.k
                && Arrays.equals(indices_BK, codes.indices_BK)
                && Arrays.equals(values_BK, codes.values_BK);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(indices_BK) + Arrays.hashCode(values_BK);
    }

    @Override
    public String toString() {
        return "SparseCodes[rows=" + rows + ", k=" + k + "]";
    }
}
