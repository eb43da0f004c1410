package org.demur.model;

import java.nio.ByteBuffer;

/** bfloat16. */
record Bf16Blocks() implements Quantization {
    @Override
    public int blockSize() {
        return 1;
    }

    @Override
    public int bytesPerBlock() {
        return Short.BYTES;
    }

    @Override
    public void dequantise(ByteBuffer source, int position, float[] target, int blocks) {
        for (int i = 0; i < blocks; i++) {
            target[i] = Half.fromBfloat16(source.getShort(position + i * Short.BYTES));
        }
    }
}
