package org.demur.model;

import java.nio.ByteBuffer;

/**
 * ggml IQ4_XS: a binary16 multiplier, eight 6-bit scales (upper bit pairs in 16 bits, then low nibbles in
 * 4 bytes), 128 bytes of two nibbles that number the levels of IQ4_NL; w = (d * (scale - 32)) * level.
 *
 * <p>Each part of 32 weights has 16 bytes: low nibbles hold its weights 0..15, high nibbles 16..31.
 */
record Iq4XsBlocks() implements Quantization {
    @Override
    public int blockSize() {
        return 256;
    }

    @Override
    public int bytesPerBlock() {
        return 136;
    }

    @Override
    public void dequantise(ByteBuffer source, int position, float[] target, int blocks) {
        for (int block = 0, at = position, i = 0; block < blocks; block++, at += bytesPerBlock()) {
            float scaleUnit = Half.fromBinary16(source.getShort(at));
            int upperBits = source.getShort(at + 2);
            for (int part = 0; part < 8; part++) {
                int low = source.get(at + 4 + (part >> 1)) >> (part & 1) * 4 & 0xF;
                int high = upperBits >> part * 2 & 3;
                float scale = scaleUnit * ((low | high << 4) - 32);
                for (int j = 0; j < 16; j++, i++) {
                    int pair = source.get(at + 8 + part * 16 + j);
                    target[i] = scale * Iq4NlBlocks.LEVELS[pair & 0xF];
                    target[i + 16] = scale * Iq4NlBlocks.LEVELS[pair >> 4 & 0xF];
                }
                i += 16;
            }
        }
    }
}
