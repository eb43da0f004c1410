package org.demur.model;

import java.nio.ByteBuffer;

/** ggml Q8_0: a binary16 scale, then 32 signed bytes; w = scale * q. */
record Q80Blocks() implements Quantization {
    @Override
    public int blockSize() {
        return 32;
    }

    @Override
    public int bytesPerBlock() {
        return 34;
    }

    @Override
    public void dequantise(ByteBuffer source, int position, float[] target, int blocks) {
        for (int block = 0, at = position, i = 0; block < blocks; block++, at += bytesPerBlock()) {
            float scale = Half.fromBinary16(source.getShort(at));
            for (int j = 0; j < blockSize(); j++) {
                target[i++] = scale * source.get(at + 2 + j);
            }
        }
    }
}
