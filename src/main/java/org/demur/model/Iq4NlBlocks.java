package org.demur.model;

import java.nio.ByteBuffer;

/**
 * ggml IQ4_NL: a binary16 scale, then 16 bytes of two nibbles that number unevenly spaced levels;
 * w = scale * level. Low nibbles hold weights 0..15, high nibbles 16..31.
 */
record Iq4NlBlocks() implements Quantization {
    static final byte[] LEVELS = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

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
                target[i] = scale * LEVELS[pair & 0xF];
                target[i + 16] = scale * LEVELS[pair >> 4 & 0xF];
            }
            i += 16;
        }
    }
}
