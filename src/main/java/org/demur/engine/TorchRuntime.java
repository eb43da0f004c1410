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
            return (PtNDManager) NDManager.newBaseManager(Device.cpu());
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

    /** Sets this thread's modes; grad mode and the graph optimiser are thread-local in libtorch. */
    static void enterThread() {
        JniUtils.setGradMode(false);
        // Batches differ in shape, so specialising the graph for each shape would cost more than it brings.
        JniUtils.setGraphExecutorOptimize(false);
    }

    /** A tensor of these values. */
    static PtNDArray floats(PtNDManager manager, float[] values, long... shape) {
        ByteBuffer buffer = direct((long) values.length * Float.BYTES);
        buffer.asFloatBuffer().put(values);
        return manager.create(buffer, new Shape(shape), DataType.FLOAT32);
    }

    /** A vector of 64-bit integers, the index type of libtorch. */
    static PtNDArray longs(PtNDManager manager, long[] values) {
        ByteBuffer buffer = direct((long) values.length * Long.BYTES);
        buffer.asLongBuffer().put(values);
        return manager.create(buffer, new Shape(values.length), DataType.INT64);
    }

    /** An uninitialised tensor owned by libtorch, so that it is aligned as its kernels like it. */
    static PtNDArray allocate(PtNDManager manager, long... shape) {
        return (PtNDArray) manager.zeros(new Shape(shape), DataType.FLOAT32);
    }

    /** The values of a CPU tensor without a copy where it is contiguous; valid while the tensor lives. */
    static ByteBuffer view(PtNDArray tensor) {
        return tensor.toByteBuffer(true).order(ByteOrder.nativeOrder());
    }

    private static ByteBuffer direct(long bytes) {
        // Alignment decides which vector path the maths library takes, and so the last bits of its sums.
        ByteBuffer buffer =
                ByteBuffer.allocateDirect(Math.toIntExact(bytes) + 128).alignedSlice(64);
        return buffer.limit(Math.toIntExact(bytes)).slice().order(ByteOrder.nativeOrder());
    }
}
