package org.demur.rows;

import org.demur.schema.VectorDtype;

/** Keeps the rows of one step as floats. */
final class CollectedRows implements RowSink {
    private final float[][] rows;

    CollectedRows(int rows) {
        this.rows = new float[rows][ActivationFiles.WIDTH];
    }

    @Override
    public int rows() {
        return rows.length;
    }

    @Override
    public int width() {
        return ActivationFiles.WIDTH;
    }

    @Override
    public void put(int row, short[] bits, int at) {
        for (int c = 0; c < width(); c++) {
            rows[row][c] = Float.intBitsToFloat(bits[at + c] << 16);
        }
    }

    @Override
    public void put(int row, float[] values, int at) {
        System.arraycopy(values, at, rows[row], 0, width());
    }

    float[] row(int row) {
        return rows[row];
    }

    /** Prompt and position, as the vector tells them. */
    String name(int row) {
        return (int) rows[row][0] + ":" + (int) rows[row][1];
    }

    static float rounded(float value) {
        return VectorDtype.BF16.decode(VectorDtype.BF16.encode(new float[] {value}, 0, 1))[0];
    }
}
