package org.demur.model;

import java.nio.ByteBuffer;

/** ggml Q4_0: a binary16 scale, then 16 bytes of two nibbles; w = scale * (q - 8). Low nibbles hold weights 0..15, high nibbles 16..31. */
record Q40Blocks() implements Quantization {
    @Override
    public int blockSize() {
        return 32;
    }

    @Override
    public int bytesPerBlock() {
        return 18;
    }

    @Override
    public void dequantise(ByteBuffer source, int position, float[] target, int blocks) {
        for (int block = 0, at = position, i = 0; block < blocks; block++, at += bytesPerBlock()) {
            float scale = Half.fromBinary16(source.getShort(at));
            for (int j = 0; j < 16; j++, i++) {
                int pair = source.get(at + 2 + j);
                target[i] = scale * ((pair & 0xF) - 8);
                target[i + 16] = scale * ((pair >> 4 & 0xF) - 8);
            }
            i += 16;
        }
    }
}
