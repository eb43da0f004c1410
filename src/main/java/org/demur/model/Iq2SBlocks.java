package org.demur.model;

import java.nio.ByteBuffer;

/**
 * ggml IQ2_S: a binary16 multiplier, 32 low bytes of the numbers of codebook entries of 8 weights, 32
 * bytes of signs, 8 bytes of the entries' upper bit pairs, 16 nibbles of scales for 16 weights each.
 *
 * <p>w = d * (0.5 + scale) * 0.25 * entry, with the signs.
 */
record Iq2SBlocks() implements Quantization {
    @Override
    public int blockSize() {
        return 256;
    }

    @Override
    public int bytesPerBlock() {
        return 82;
    }

    @Override
    public void dequantise(ByteBuffer source, int position, float[] target, int blocks) {
        for (int block = 0, at = position, i = 0; block < blocks; block++, at += bytesPerBlock()) {
            float scaleUnit = Half.fromBinary16(source.getShort(at));
            for (int k = 0; k < 32; k++, i += 8) {
                int upper = source.get(at + 66 + (k >> 2)) >> (k & 3) * 2 & 3;
                int entry = source.get(at + 2 + k) & 0xFF | upper << 8;
                int quarter = source.get(at + 74 + (k >> 2)) >> (k & 2) * 2 & 0xF;
                float scale = scaleUnit * (0.5f + quarter) * 0.25f;
                Codebook.IQ2_S.unpack(entry, source.get(at + 34 + k), scale, target, i);
            }
        }
    }
}
