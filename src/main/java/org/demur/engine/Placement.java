package org.demur.engine;

import java.util.OptionalInt;

/**
 * Where a model's weights live and how they are kept. Everything else, from the residual stream to attention and the
 * logits, is fp32.
 *
 * @param gpu number of the GPU in this process; the CPU where absent
 * @param weights type of the stored matrices
 */
public record Placement(OptionalInt gpu, Weights weights) {
    /** How matrices are stored; norms and biases are always fp32. */
    public enum Weights {
        /** Four bytes a weight; what the file holds, exactly. */
        FP32,
        /** Two bytes a weight, rounded to nearest even; exact for files in bf16. */
        BF16
    }

    /** fp32 on the CPU. */
    public static Placement cpu() {
        return new Placement(OptionalInt.empty(), Weights.FP32);
    }

    /** The CPU, weights kept as given. */
    public static Placement cpu(Weights weights) {
        return new Placement(OptionalInt.empty(), weights);
    }

    /** One GPU of this process. */
    public static Placement gpu(int number, Weights weights) {
        return new Placement(OptionalInt.of(number), weights);
    }

    /**
     * Whether products run in bf16 with fp32 sums. On a GPU that is what bf16 weights are for; a CPU's bf16 products are
     * two orders of magnitude slower than fp32, so there the weights are widened product by product.
     */
    boolean narrowProducts() {
        return gpu.isPresent() && weights == Weights.BF16;
    }

    /** Whether tensors of the model can be read and written in place as fp32 by this process. */
    boolean isPlainMemory() {
        return gpu.isEmpty() && weights == Weights.FP32;
    }
}
