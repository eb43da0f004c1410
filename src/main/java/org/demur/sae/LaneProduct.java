package org.demur.sae;

import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * {@link MatrixProduct} in plain Java, for dictionaries and batches too small to be worth a native library, and as the
 * reference of the native one.
 */
public final class LaneProduct implements MatrixProduct {
    private final int features;
    private final int width;
    private final float[] w_FD;
    private final int[] every;
    private final float[] b_F;

    /** A product with a zero matrix. */
    public LaneProduct(int features, int width) {
        this(new float[Math.multiplyExact(features, width)], width);
    }

    /** A product with the matrix {@code w_FD}, which is read in place. */
    public LaneProduct(float[] w_FD, int width) {
        this.features = w_FD.length / width;
        this.width = width;
        this.w_FD = w_FD;
        this.every = new int[features];
        Arrays.setAll(every, j -> j);
        this.b_F = new float[features];
    }

    @Override
    public void put(int feature, float[] source, int at) {
        System.arraycopy(source, at, w_FD, feature * width, width);
    }

    @Override
    public void putBias(int feature, float bias) {
        b_F[feature] = bias;
    }

    @Override
    public Chunk chunk(int rows) {
        return new LaneChunk(rows);
    }

    @Override
    public void close() {
        // Only heap memory is held.
    }

    private final class LaneChunk implements Chunk {
        private final float[] x;
        private final float[] y;
        private final float[] row;
        private final float[] lanes = new float[4 * RowKernels.LANES];

        LaneChunk(int rows) {
            x = new float[rows * width];
            y = new float[rows * features];
            row = new float[features];
        }

        @Override
        public FloatBuffer x_RD() {
            return FloatBuffer.wrap(x);
        }

        @Override
        public FloatBuffer multiply(int rows) {
            for (int r = 0; r < rows; r++) {
                RowKernels.dots(new RowKernels.RowSum(x, r * width, w_FD, width), every, 0, features, row, lanes);
                for (int j = 0; j < features; j++) {
                    y[r * features + j] = row[j] + b_F[j];
                }
            }
            return FloatBuffer.wrap(y);
        }

        @Override
        public void close() {
            // Only heap memory is held.
        }
    }
}
