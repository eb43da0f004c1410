package org.demur.engine;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.demur.ExitCode;
import org.demur.JobException;

/** Native memory and thread modes of libtorch. */
final class TorchRuntime {
    /** Threads of an operation in this process; known once the library is loaded. */
    private static volatile int threads;

    private TorchRuntime() {}

    /** A root for tensors; everything in it is freed when it closes. */
    static PtNDManager newManager() {
        return newManager(Placement.cpu());
    }

    /**
     * A root for tensors on a device.
     *
     * @throws JobException if the device is not there: a GPU that was asked for is never replaced by the CPU
     */
    static PtNDManager newManager(Placement placement) {
        if (placement.gpu().isEmpty()) {
            PtNDManager manager = (PtNDManager) NDManager.newBaseManager(Device.cpu());
            if (threads == 0) {
                threads = JniUtils.getNumThreads();
            }
            return manager;
        }
        int number = placement.gpu().getAsInt();
        int found = Engine.getInstance().getGpuCount();
        if (number >= found) {
            throw new JobException(
                    ExitCode.MISSING_INPUT,
                    "GPU " + number + " was asked for; this process sees " + found,
                    "the machine has none, its driver does not match, or the tensor library on the classpath is the one for"
                            + " CPUs",
                    "set model.device = cpu, or see deploy/README.md for what a GPU executor needs");
        }
        return (PtNDManager) NDManager.newBaseManager(Device.gpu(number));
    }

    /** Sets this thread's modes; grad mode, the graph optimiser and the number of threads are thread-local in libtorch. */
    static void enterThread() {
        if (threads > 0 && JniUtils.getNumThreads() != threads) {
            JniUtils.setNumThreads(threads);
        }
        JniUtils.setGradMode(false);
        // Batches differ in shape, so specialising the graph for each shape would cost more than it brings.
        JniUtils.setGraphExecutorOptimize(false);
    }

    /** A tensor of these values. */
    static PtNDArray floats(PtNDManager manager, float[] values, long... shape) {
        if (manager.getDevice().isGpu()) {
            ByteBuffer buffer = direct((long) values.length * Float.BYTES);
            buffer.asFloatBuffer().put(values);
            return manager.create(buffer, new Shape(shape), DataType.FLOAT32);
        }
        PtNDArray tensor = empty(manager, DataType.FLOAT32, shape);
        if (values.length > 0) {
            view(tensor).asFloatBuffer().put(values);
        }
        return tensor;
    }

    /** A vector of 64-bit integers, the index type of libtorch. */
    static PtNDArray longs(PtNDManager manager, long[] values) {
        if (manager.getDevice().isGpu()) {
            ByteBuffer buffer = direct((long) values.length * Long.BYTES);
            buffer.asLongBuffer().put(values);
            return manager.create(buffer, new Shape(values.length), DataType.INT64);
        }
        PtNDArray tensor = empty(manager, DataType.INT64, values.length);
        if (values.length > 0) {
            view(tensor).asLongBuffer().put(values);
        }
        return tensor;
    }

    /**
     * An uninitialised tensor in libtorch's own memory: a buffer of Java's would be freed only when the collector gets to
     * it, and libtorch aligns its memory as the maths library likes it, which decides the last bits of its sums.
     */
    private static PtNDArray empty(PtNDManager manager, DataType type, long... shape) {
        return (PtNDArray) manager.create(new Shape(shape), type);
    }

    /** A tensor of zeros. */
    static PtNDArray allocate(PtNDManager manager, long... shape) {
        return (PtNDArray) manager.zeros(new Shape(shape), DataType.FLOAT32);
    }

    /** The values of a CPU tensor without a copy where it is contiguous; valid while the tensor lives. */
    static ByteBuffer view(PtNDArray tensor) {
        return tensor.toByteBuffer(true).order(ByteOrder.nativeOrder());
    }

    private static ByteBuffer direct(long bytes) {
        return ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.nativeOrder());
    }
}
