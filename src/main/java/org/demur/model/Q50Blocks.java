package org.demur.model;

import java.nio.ByteBuffer;

/** ggml Q5_0: a binary16 scale, 32 fifth bits, then 16 bytes of two nibbles; w = scale * (q - 16). Bit j of the fifth bits belongs to weight j. */
record Q50Blocks() implements Quantization {
    @Override
    public int blockSize() {
        return 32;
    }

    @Override
    public int bytesPerBlock() {
        return 22;
    }

    @Override
    public void dequantise(ByteBuffer source, int position, float[] target, int blocks) {
        for (int block = 0, at = position, i = 0; block < blocks; block++, at += bytesPerBlock()) {
            float scale = Half.fromBinary16(source.getShort(at));
            int fifths = source.getInt(at + 2);
            for (int j = 0; j < 16; j++, i++) {
                int pair = source.get(at + 6 + j);
                target[i] = scale * ((pair & 0xF | (fifths >>> j & 1) << 4) - 16);
                target[i + 16] = scale * ((pair >> 4 & 0xF | (fifths >>> j + 16 & 1) << 4) - 16);
            }
            i += 16;
        }
    }
}
