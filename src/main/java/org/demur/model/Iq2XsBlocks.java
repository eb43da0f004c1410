package org.demur.model;

import java.nio.ByteBuffer;

/**
 * ggml IQ2_XS: a binary16 multiplier, 32 times 9 bits that number a codebook entry of 8 weights and a
 * 7-bit sign pattern, 16 nibbles of scales for 16 weights each.
 *
 * <p>w = d * (0.5 + scale) * 0.25 * entry, with the patterns' signs.
 */
record Iq2XsBlocks() implements Quantization {
    @Override
    public int blockSize() {
        return 256;
    }

    @Override
    public int bytesPerBlock() {
        return 74;
    }

    @Override
    public void dequantise(ByteBuffer source, int position, float[] target, int blocks) {
        for (int block = 0, at = position, i = 0; block < blocks; block++, at += bytesPerBlock()) {
            float scaleUnit = Half.fromBinary16(source.getShort(at));
            for (int k = 0; k < 32; k++, i += 8) {
                int packed = source.getShort(at + 2 + k * 2);
                int quarter = source.get(at + 66 + (k >> 2)) >> (k & 2) * 2 & 0xF;
                float scale = scaleUnit * (0.5f + quarter) * 0.25f;
                Codebook.IQ2_XS.unpack(packed & 0x1FF, Codebook.evenSigns(packed >> 9), scale, target, i);
            }
        }
    }
}
