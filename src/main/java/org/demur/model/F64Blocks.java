package org.demur.model;

import java.nio.ByteBuffer;

/** fp64, rounded to the nearest fp32. */
record F64Blocks() implements Quantization {
    @Override
    public int blockSize() {
        return 1;
    }

    @Override
    public int bytesPerBlock() {
        return Double.BYTES;
    }

    @Override
    public void dequantise(ByteBuffer source, int position, float[] target, int blocks) {
        for (int i = 0; i < blocks; i++) {
            target[i] = (float) source.getDouble(position + i * Double.BYTES);
        }
    }
}
