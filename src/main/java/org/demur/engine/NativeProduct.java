package org.demur.engine;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.Optional;
import org.demur.sae.MatrixProduct;

/**
 * {@link MatrixProduct} on libtorch. W lives in a direct buffer that a tensor shares; a chunk frees its result before the next
 * product, which then gets the same memory again. oneDNN's product is used where there is one: for fp32 it is about twice as fast
 * as the default on processors with AVX-512.
 *
 * <p>Each product runs on the calling thread alone, so callers get parallelism by multiplying different chunks at the same
 * time and the bits of a chunk do not depend on how many do so. Buffers are aligned to 64 bytes, which the maths library
 * needs for the same bits in every run.
 */
public final class NativeProduct implements MatrixProduct {
    private static final int ALIGNMENT_BYTES = 64;

    private final int features;
    private final int width;
    private final PtNDManager manager;
    private final FloatBuffer w_FD;
    private final PtNDArray wTensor;
    private final FloatBuffer b_F;
    private final PtNDArray bTensor;

    /** A product with a zero matrix of {@code features} rows and {@code width} columns, at most 2 GiB. */
    public NativeProduct(int features, int width) {
        this.features = features;
        this.width = width;
        this.manager = TorchRuntime.newManager();
        ByteBuffer bytes = aligned(features, width);
        this.w_FD = bytes.asFloatBuffer();
        this.wTensor = (PtNDArray) manager.create(bytes, new Shape(features, width), DataType.FLOAT32);
        ByteBuffer bias = aligned(features, 1);
        this.b_F = bias.asFloatBuffer();
        this.bTensor = (PtNDArray) manager.create(bias, new Shape(features), DataType.FLOAT32);
    }

    @Override
    public void put(int feature, float[] source, int at) {
        w_FD.put(feature * width, source, at, width);
    }

    @Override
    public void putBias(int feature, float bias) {
        b_F.put(feature, bias);
    }

    @Override
    public synchronized Chunk chunk(int rows) {
        return new NativeChunk(rows);
    }

    @Override
    public synchronized void close() {
        manager.close();
    }

    private static ByteBuffer aligned(int rows, int columns) {
        long size = 4L * rows * columns;
        long room = (size + ALIGNMENT_BYTES - 1) / ALIGNMENT_BYTES * ALIGNMENT_BYTES + ALIGNMENT_BYTES;
        if (room > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "A matrix of " + rows + " x " + columns + " exceeds the 2 GiB of a buffer");
        }
        return ByteBuffer.allocateDirect((int) room)
                .alignedSlice(ALIGNMENT_BYTES)
                .slice(0, (int) size)
                .order(ByteOrder.nativeOrder());
    }

    /**
     * Keeps libtorch on the calling thread. The setting is a thread's own but also becomes the default of later threads, so
     * a short-lived thread puts the default back.
     */
    private static synchronized void useCallingThreadOnly() {
        int threads = JniUtils.getNumThreads();
        if (threads > 1) {
            JniUtils.setNumThreads(1);
            Thread restore = new Thread(() -> JniUtils.setNumThreads(threads), "demur-native-threads");
            restore.start();
            boolean interrupted = false;
            while (restore.isAlive()) {
                try {
                    restore.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private final class NativeChunk implements Chunk {
        private final int capacity;
        private final PtNDManager buffers;
        private final ByteBuffer x;
        private final FloatBuffer x_RD;
        private final TorchScript script;
        private int rows;
        private PtNDArray xTensor;
        private Optional<PtNDArray> result = Optional.empty();
        private Thread caller;

        NativeChunk(int capacity) {
            this.capacity = capacity;
            this.buffers = (PtNDManager) manager.newSubManager();
            this.x = aligned(capacity, width);
            this.x_RD = x.asFloatBuffer();
            Map<String, String> constants = Map.of("ONE_DNN", OneDnn.isAvailable(buffers) ? "True" : "False");
            this.script = TorchScript.compile(
                    buffers, "product.torchscript", "Product", new TorchScript.Constants(constants, constants));
        }

        @Override
        public FloatBuffer x_RD() {
            return x_RD;
        }

        @Override
        public FloatBuffer multiply(int count) {
            if (caller != Thread.currentThread()) {
                caller = Thread.currentThread();
                TorchRuntime.enterThread();
            }
            useCallingThreadOnly();
            shape(count);
            result.ifPresent(PtNDArray::close);
            PtNDArray y = script.call(buffers, "product", xTensor, wTensor, bTensor);
            result = Optional.of(y);
            return TorchRuntime.view(y).asFloatBuffer();
        }

        private void shape(int count) {
            if (count == rows) {
                return;
            }
            if (count < 1 || count > capacity) {
                throw new IllegalArgumentException("Rows must lie in 1.." + capacity + ", not " + count);
            }
            if (rows > 0) {
                xTensor.close();
            }
            xTensor = view(x, count, width);
            rows = count;
        }

        private PtNDArray view(ByteBuffer buffer, int count, int columns) {
            ByteBuffer part = buffer.slice(0, 4 * count * columns).order(ByteOrder.nativeOrder());
            return (PtNDArray) buffers.create(part, new Shape(count, columns), DataType.FLOAT32);
        }

        @Override
        public void close() {
            script.close();
            buffers.close();
        }
    }
}
