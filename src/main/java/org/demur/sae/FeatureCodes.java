package org.demur.sae;

import java.util.Arrays;

/**
 * The non-zero features of a batch of rows, as compressed sparse rows: row r holds the entries from {@code starts_B1[r]} to
 * {@code starts_B1[r + 1]}, indices ascending.
 *
 * @param starts_B1 first entry of every row, [B + 1]
 * @param indices feature numbers; entries past the last start mean nothing
 * @param values feature values, never 0
 */
public record FeatureCodes(int[] starts_B1, int[] indices, float[] values) {
    /** Number of rows. */
    public int rows() {
        return starts_B1.length - 1;
    }

    /** Number of entries over all rows. */
    public int active() {
        return starts_B1[starts_B1.length - 1];
    }

    /** Number of entries of a row. */
    public int count(int row) {
        return starts_B1[row + 1] - starts_B1[row];
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FeatureCodes codes
                && Arrays.equals(starts_B1, codes.starts_B1)
                && Arrays.equals(indices, 0, active(), codes.indices, 0, codes.active())
                && Arrays.equals(values, 0, active(), codes.values, 0, codes.active());
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(starts_B1);
    }

    @Override
    public String toString() {
        return "FeatureCodes[rows=" + rows() + ", active=" + active() + "]";
    }

    /** Codes that grow entry by entry. */
    static final class Builder {
        private final int[] starts_B1;
        private int[] indices;
        private float[] values;
        private int row;
        private int count;

        /** A builder for {@code rows} rows of about {@code perRow} entries. */
        Builder(int rows, int perRow) {
            starts_B1 = new int[rows + 1];
            indices = new int[Math.max(16, Math.multiplyExact(rows, perRow))];
            values = new float[indices.length];
        }

        void add(int feature, float value) {
            if (count == indices.length) {
                int longer = Math.addExact(count, count >> 1);
                indices = Arrays.copyOf(indices, longer);
                values = Arrays.copyOf(values, longer);
            }
            indices[count] = feature;
            values[count++] = value;
        }

        void endRow() {
            starts_B1[++row] = count;
        }

        FeatureCodes build() {
            return new FeatureCodes(starts_B1, indices, values);
        }
    }
}
