package org.demur.sae;

import java.nio.FloatBuffer;

/**
 * The product {@code y = x W^T + b} of row chunks with one matrix and bias that change between calls: the encoder of a dictionary,
 * which is the costly part of every pass over tokens. Results must be the same bits for the same input bits, whichever
 * thread asks.
 *
 * <p>Legend: {@code F} rows of W (features), {@code D} columns of W (model width), {@code R} rows of a chunk.
 */
public interface MatrixProduct extends AutoCloseable {
    /** Makes products of a given shape. */
    @FunctionalInterface
    interface Factory {
        /** A product with a zero matrix of {@code features} rows and {@code width} columns. */
        MatrixProduct open(int features, int width);
    }

    /** The buffers of one thread. */
    interface Chunk extends AutoCloseable {
        /** Input rows [R, D]; fill through absolute puts before {@link #multiply}. */
        FloatBuffer x_RD();

        /** Multiplies the first {@code rows} input rows; the result [rows, F] holds until the next call. */
        FloatBuffer multiply(int rows);

        @Override
        void close();
    }

    /** Overwrites row {@code feature} of W with {@code D} floats of {@code source} from {@code at}; not during a product. */
    void put(int feature, float[] source, int at);

    /** Overwrites element {@code feature} of b, which is 0 at first; not during a product. */
    void putBias(int feature, float bias);

    /** Buffers for products of up to {@code rows} rows, to be used by one thread at a time. */
    Chunk chunk(int rows);

    @Override
    void close();
}
