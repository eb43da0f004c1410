package org.demur.attribution;

import java.nio.FloatBuffer;
import java.util.Optional;
import org.demur.engine.NativeProduct;
import org.demur.sae.MatrixProduct;

/**
 * One matrix product for dictionaries that are read one after another: its buffers lie outside the heap and would otherwise pile
 * up until the heap is collected. For one thread, and one dictionary at a time.
 */
final class ReusedProduct implements MatrixProduct.Factory, AutoCloseable {
    /** Rows that encoders multiply at once. */
    private static final int SAE_ROWS = 256;

    private Optional<Held> held = Optional.empty();

    private record Held(int features, int width, NativeProduct product, MatrixProduct.Chunk chunk) {}

    @Override
    public MatrixProduct open(int features, int width) {
        if (held.isEmpty() || held.get().features != features || held.get().width != width) {
            close();
            NativeProduct product = new NativeProduct(features, width);
            held = Optional.of(new Held(features, width, product, product.chunk(SAE_ROWS)));
        }
        return new View(held.get());
    }

    @Override
    public void close() {
        held.ifPresent(own -> {
            own.chunk.close();
            own.product.close();
        });
        held = Optional.empty();
    }

    /** The product as an encoder sees it; closing it keeps the buffers. */
    private record View(Held held) implements MatrixProduct {
        @Override
        public void put(int feature, float[] source, int at) {
            held.product.put(feature, source, at);
        }

        @Override
        public void putBias(int feature, float bias) {
            held.product.putBias(feature, bias);
        }

        @Override
        public Chunk chunk(int rows) {
            if (rows > SAE_ROWS) {
                throw new IllegalArgumentException("Chunks hold " + SAE_ROWS + " rows, not " + rows);
            }
            return new ChunkView(held.chunk);
        }

        @Override
        public void close() {
            // The owner closes it.
        }
    }

    private record ChunkView(MatrixProduct.Chunk chunk) implements MatrixProduct.Chunk {
        @Override
        public FloatBuffer x_RD() {
            return chunk.x_RD();
        }

        @Override
        public FloatBuffer multiply(int rows) {
            return chunk.multiply(rows);
        }

        @Override
        public void close() {
            // The owner closes it.
        }
    }
}
