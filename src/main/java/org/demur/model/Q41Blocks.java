package org.demur.model;

import java.nio.ByteBuffer;

/** ggml Q4_1: binary16 scale and minimum, then 16 bytes of two nibbles; w = scale * q + minimum. Low nibbles hold weights 0..15, high nibbles 16..31. */
record Q41Blocks() implements Quantization {
    @Override
    public int blockSize() {
        return 32;
    }

    @Override
    public int bytesPerBlock() {
        return 20;
    }

    @Override
    public void dequantise(ByteBuffer source, int position, float[] target, int blocks) {
        for (int block = 0, at = position, i = 0; block < blocks; block++, at += bytesPerBlock()) {
            float scale = Half.fromBinary16(source.getShort(at));
            float minimum = Half.fromBinary16(source.getShort(at + 2));
            for (int j = 0; j < 16; j++, i++) {
                int pair = source.get(at + 4 + j);
                target[i] = scale * (pair & 0xF) + minimum;
                target[i + 16] = scale * (pair >> 4 & 0xF) + minimum;
            }
            i += 16;
        }
    }
}
