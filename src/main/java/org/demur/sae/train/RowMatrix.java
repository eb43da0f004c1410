package org.demur.sae.train;

import org.demur.sae.RowKernels;

/**
 * A matrix of rows in slices, so that it may hold more elements than one array: every slice holds the same power of two of
 * whole rows, the last one fewer. Sums run in the same order whatever the slices, to the same bits.
 *
 * <p>Legend: {@code R} rows, {@code D} columns.
 */
public final class RowMatrix {
    /** Elements of a slice unless a test asks for fewer. */
    static final int SLICE_ELEMENTS = 1 << 28;

    private final int rows;
    private final int width;
    private final int shift;
    private final float[][] slices;

    /** A zero matrix. */
    public RowMatrix(int rows, int width) {
        this(rows, width, SLICE_ELEMENTS);
    }

    /** A zero matrix in slices of at most {@code sliceElements} elements, but at least one row. */
    public RowMatrix(int rows, int width, int sliceElements) {
        this.rows = rows;
        this.width = width;
        int most = Math.max(1, sliceElements / width);
        this.shift = most >= rows ? 31 - Integer.numberOfLeadingZeros(Math.max(1, 2 * rows - 1)) : log2(most);
        int perSlice = 1 << shift;
        this.slices = new float[(rows + perSlice - 1) / perSlice][];
        for (int s = 0; s < slices.length; s++) {
            slices[s] = new float[Math.multiplyExact(Math.min(perSlice, rows - s * perSlice), width)];
        }
    }

    private static int log2(int value) {
        return 31 - Integer.numberOfLeadingZeros(value);
    }

    /** Number of rows. */
    public int rows() {
        return rows;
    }

    /** Elements of a row. */
    public int width() {
        return width;
    }

    /** The array that holds a row. */
    public float[] array(int row) {
        return slices[row >>> shift];
    }

    /** Offset of a row in its array. */
    public int at(int row) {
        return (row & (1 << shift) - 1) * width;
    }

    /** Number of slices. */
    public int slices() {
        return slices.length;
    }

    /** A slice, [rows of it, D]. */
    public float[] slice(int slice) {
        return slices[slice];
    }

    /** First row of a slice; the slice past the last starts at R. */
    public int sliceStart(int slice) {
        return (int) Math.min(rows, (long) slice << shift);
    }

    /** Visits rows {@code from..to-1} as pieces of arrays. */
    public void pieces(int from, int to, Piece visitor) {
        int row = from;
        while (row < to) {
            int end = Math.min(to, sliceStart((row >>> shift) + 1));
            visitor.visit(array(row), at(row), (end - row) * width);
            row = end;
        }
    }

    /** A piece of an array. */
    @FunctionalInterface
    public interface Piece {
        /** Visits {@code count} elements from {@code at}. */
        void visit(float[] array, int at, int count);
    }

    /** A copy as one array; for matrices that fit one. */
    public float[] flat() {
        float[] all = new float[Math.multiplyExact(rows, width)];
        int at = 0;
        for (float[] slice : slices) {
            System.arraycopy(slice, 0, all, at, slice.length);
            at += slice.length;
        }
        return all;
    }

    /** {@code target[at..] += sum over i in [from, to) of weights[i] * row indices[i]}, added in index order. */
    void gather(float[] target, int at, int[] indices, float[] weights, int from, int to) {
        if (slices.length == 1) {
            RowKernels.gather(new RowKernels.RowSum(target, at, slices[0], width), indices, weights, from, to);
            return;
        }
        for (int i = from; i < to; i++) {
            RowKernels.addScaled(target, at, weights[i], array(indices[i]), at(indices[i]), width);
        }
    }

    /** Dot products of {@code vector[at..]} with the rows {@code indices[from..to)}, into {@code out} at the same positions. */
    void dots(float[] vector, int at, int[] indices, int from, int to, float[] out, float[] lanes) {
        var sum = new RowKernels.RowSum(vector, at, slices[0], width);
        if (slices.length == 1) {
            RowKernels.dots(sum, indices, from, to, out, lanes);
            return;
        }
        for (int i = from; i < to; i++) {
            out[i] = RowKernels.dotRow(
                    new RowKernels.RowSum(vector, at, array(indices[i]), width), at(indices[i]), lanes);
        }
    }
}
