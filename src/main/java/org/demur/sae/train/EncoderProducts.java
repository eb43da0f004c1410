package org.demur.sae.train;

import java.nio.FloatBuffer;
import org.demur.sae.MatrixProduct;

/**
 * The encoder's product with its bias, slice by slice of its matrix.
 *
 * <p>Legend: {@code F} features, {@code I} width of the input, {@code R} rows of a chunk.
 */
public final class EncoderProducts implements AutoCloseable {
    private static final int MOST_ROWS = 512;
    private static final int LEAST_ROWS = 16;
    private static final int MOST_ELEMENTS = 1 << 23;

    private final RowMatrix w_FI;
    private final float[] bias_F;
    private final MatrixProduct[] products;

    EncoderProducts(RowMatrix w_FI, float[] bias_F, MatrixProduct.Factory factory) {
        this.w_FI = w_FI;
        this.bias_F = bias_F;
        this.products = new MatrixProduct[w_FI.slices()];
        for (int s = 0; s < products.length; s++) {
            products[s] = factory.open(w_FI.sliceStart(s + 1) - w_FI.sliceStart(s), w_FI.width());
        }
    }

    /** Brings a row and its bias up to date; not during a product. */
    void put(int feature) {
        int slice = sliceOf(feature);
        int row = feature - w_FI.sliceStart(slice);
        products[slice].put(row, w_FI.array(feature), w_FI.at(feature));
        products[slice].putBias(row, bias_F[feature]);
    }

    private int sliceOf(int feature) {
        return products.length == 1 ? 0 : feature / w_FI.sliceStart(1);
    }

    /** Rows of one product: a function of F alone, so that the cut into chunks is the same everywhere. */
    public int chunkRows() {
        return Math.max(LEAST_ROWS, Math.min(MOST_ROWS, MOST_ELEMENTS / w_FI.rows()));
    }

    /** Buffers for products of up to {@link #chunkRows} rows, for one thread. */
    public Chunk chunk() {
        return new Chunk();
    }

    @Override
    public void close() {
        for (MatrixProduct product : products) {
            product.close();
        }
    }

    /** The buffers of one thread. */
    public final class Chunk implements AutoCloseable {
        private final MatrixProduct.Chunk[] chunks = new MatrixProduct.Chunk[products.length];
        private final FloatBuffer[] results = new FloatBuffer[products.length];

        private Chunk() {
            for (int s = 0; s < chunks.length; s++) {
                chunks[s] = products[s].chunk(chunkRows());
            }
        }

        /** Multiplies {@code rows} rows of {@code x} from {@code at}; results hold until the next call. */
        public void multiply(float[] x, int at, int rows) {
            for (int s = 0; s < chunks.length; s++) {
                chunks[s].x_RD().put(0, x, at, rows * w_FI.width());
                results[s] = chunks[s].multiply(rows);
            }
        }

        /** Copies row {@code row} of the result to {@code row_F}. */
        void load(int row, float[] row_F) {
            for (int s = 0; s < results.length; s++) {
                int first = w_FI.sliceStart(s);
                int count = w_FI.sliceStart(s + 1) - first;
                results[s].get(row * count, row_F, first, count);
            }
        }

        @Override
        public void close() {
            for (MatrixProduct.Chunk chunk : chunks) {
                chunk.close();
            }
        }
    }
}
