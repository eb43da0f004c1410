package org.demur.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** fp32 as it is. */
record F32Blocks() implements Quantization {
    @Override
    public int blockSize() {
        return 1;
    }

    @Override
    public int bytesPerBlock() {
        return Float.BYTES;
    }

    @Override
    public void dequantise(ByteBuffer source, int position, float[] target, int blocks) {
        source.slice(position, blocks * Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(target, 0, blocks);
    }
}
