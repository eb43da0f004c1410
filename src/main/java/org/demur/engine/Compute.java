package org.demur.engine;

import java.io.Serializable;

/**
 * How a task computes with a model.
 *
 * @param device kind of device; which GPU a task has is Spark's choice
 * @param weights how matrices are stored
 * @param nativeThreads libtorch threads of one task; threads x tasks of a JVM must not exceed its cores
 * @param batchMemory bound on the temporaries of one call
 */
public record Compute(Device device, Placement.Weights weights, int nativeThreads, MemoryBudget batchMemory)
        implements Serializable {
    /** Kinds of devices. */
    public enum Device {
        CPU,
        GPU
    }

    /** fp32 on the CPU with the standard budget. */
    public static Compute cpu(int nativeThreads) {
        return new Compute(Device.CPU, Placement.Weights.FP32, nativeThreads, MemoryBudget.STANDARD);
    }
}
