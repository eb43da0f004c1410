package org.demur.model;

import java.nio.ByteBuffer;

/**
 * How a run of weights is packed into blocks of bytes, and back to fp32.
 *
 * <p>One implementation a type; the products and sums are single fp32 operations in the order of
 * gguf-py, so results match it bit for bit.
 */
public sealed interface Quantization
        permits F64Blocks,
                F32Blocks,
                F16Blocks,
                Bf16Blocks,
                Q80Blocks,
                Q40Blocks,
                Q41Blocks,
                Q50Blocks,
                Q51Blocks,
                Q2KBlocks,
                Q3KBlocks,
                Q4KBlocks,
                Q5KBlocks,
                Q6KBlocks,
                Iq4NlBlocks,
                Iq4XsBlocks,
                Iq3XxsBlocks,
                Iq3SBlocks,
                Iq2XxsBlocks,
                Iq2XsBlocks,
                Iq2SBlocks,
                Iq1SBlocks,
                Iq1MBlocks,
                Tq10Blocks,
                Tq20Blocks,
                Mxfp4Blocks {

    /** Weights in one block. */
    int blockSize();

    /** Bytes of one block. */
    int bytesPerBlock();

    /**
     * Unpacks whole blocks.
     *
     * @param source little-endian bytes; its position is neither used nor moved
     * @param position where the first block starts in {@code source}
     * @param target receives {@code blocks * blockSize()} weights from index 0
     * @param blocks how many blocks to unpack
     */
    void dequantise(ByteBuffer source, int position, float[] target, int blocks);
}
