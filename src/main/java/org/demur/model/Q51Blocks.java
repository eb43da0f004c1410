package org.demur.model;

import java.nio.ByteBuffer;

/** ggml Q5_1: binary16 scale and minimum, 32 fifth bits, then 16 bytes of two nibbles; w = scale * q + minimum. Bit j of the fifth bits belongs to weight j. */
record Q51Blocks() implements Quantization {
    @Override
    public int blockSize() {
        return 32;
    }

    @Override
    public int bytesPerBlock() {
        return 24;
    }

    @Override
    public void dequantise(ByteBuffer source, int position, float[] target, int blocks) {
        for (int block = 0, at = position, i = 0; block < blocks; block++, at += bytesPerBlock()) {
            float scale = Half.fromBinary16(source.getShort(at));
            float minimum = Half.fromBinary16(source.getShort(at + 2));
            int fifths = source.getInt(at + 4);
            for (int j = 0; j < 16; j++, i++) {
                int pair = source.get(at + 8 + j);
                target[i] = scale * (pair & 0xF | (fifths >>> j & 1) << 4) + minimum;
                target[i + 16] = scale * (pair >> 4 & 0xF | (fifths >>> j + 16 & 1) << 4) + minimum;
            }
            i += 16;
        }
    }
}
