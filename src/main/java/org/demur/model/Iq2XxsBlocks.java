package org.demur.model;

import java.nio.ByteBuffer;

/**
 * ggml IQ2_XXS: a binary16 multiplier, then 8 bytes for every 32 weights: four numbers of codebook
 * entries of 8 weights, four 7-bit sign patterns, a 4-bit scale.
 *
 * <p>w = d * (0.5 + scale) * 0.25 * entry, with the patterns' signs.
 */
record Iq2XxsBlocks() implements Quantization {
    @Override
    public int blockSize() {
        return 256;
    }

    @Override
    public int bytesPerBlock() {
        return 66;
    }

    @Override
    public void dequantise(ByteBuffer source, int position, float[] target, int blocks) {
        for (int block = 0, at = position, i = 0; block < blocks; block++, at += bytesPerBlock()) {
            float scaleUnit = Half.fromBinary16(source.getShort(at));
            for (int part = 0; part < 8; part++) {
                int entries = source.getInt(at + 2 + part * 8);
                int packed = source.getInt(at + 6 + part * 8);
                float scale = scaleUnit * (0.5f + (packed >>> 28)) * 0.25f;
                for (int k = 0; k < 4; k++, i += 8) {
                    int signs = Codebook.evenSigns(packed >>> k * 7);
                    Codebook.IQ2_XXS.unpack(entries >>> k * 8 & 0xFF, signs, scale, target, i);
                }
            }
        }
    }
}
