package org.demur.model;

import java.nio.ByteBuffer;

/**
 * ggml IQ3_XXS: a binary16 multiplier, 64 numbers of codebook entries of 4 weights, then for every 32
 * weights four 7-bit sign patterns and a 4-bit scale.
 *
 * <p>w = d * (0.5 + scale) * 0.5 * entry, with the patterns' signs, one for two entries.
 */
record Iq3XxsBlocks() implements Quantization {
    @Override
    public int blockSize() {
        return 256;
    }

    @Override
    public int bytesPerBlock() {
        return 98;
    }

    @Override
    public void dequantise(ByteBuffer source, int position, float[] target, int blocks) {
        for (int block = 0, at = position, i = 0; block < blocks; block++, at += bytesPerBlock()) {
            float scaleUnit = Half.fromBinary16(source.getShort(at));
            for (int k = 0; k < 32; k++, i += 8) {
                int packed = source.getInt(at + 66 + (k >> 2) * 4);
                float scale = scaleUnit * (0.5f + (packed >>> 28)) * 0.5f;
                int signs = Codebook.evenSigns(packed >>> (k & 3) * 7);
                Codebook.IQ3_XXS.unpack(source.get(at + 2 + k * 2) & 0xFF, signs, scale, target, i);
                Codebook.IQ3_XXS.unpack(source.get(at + 3 + k * 2) & 0xFF, signs >> 4, scale, target, i + 4);
            }
        }
    }
}
