package org.demur.model;

import java.nio.ByteBuffer;

/** IEEE binary16. */
record F16Blocks() implements Quantization {
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
            target[i] = Half.fromBinary16(source.getShort(position + i * Short.BYTES));
        }
    }
}
