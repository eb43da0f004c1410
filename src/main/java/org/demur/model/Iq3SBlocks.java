package org.demur.model;

import java.nio.ByteBuffer;

/**
 * ggml IQ3_S: a binary16 multiplier, 64 low bytes of the numbers of codebook entries of 4 weights, 8
 * bytes of their ninth bits, 32 bytes of signs, 8 nibbles of scales for 32 weights each.
 *
 * <p>w = d * (1 + 2 * scale) * entry, with the signs.
 */
record Iq3SBlocks() implements Quantization {
    @Override
    public int blockSize() {
        return 256;
    }

    @Override
    public int bytesPerBlock() {
        return 110;
    }

    @Override
    public void dequantise(ByteBuffer source, int position, float[] target, int blocks) {
        for (int block = 0, at = position, i = 0; block < blocks; block++, at += bytesPerBlock()) {
            float scaleUnit = Half.fromBinary16(source.getShort(at));
            for (int k = 0; k < 64; k++, i += 4) {
                int ninth = source.get(at + 66 + (k >> 3)) >> (k & 7) & 1;
                int entry = source.get(at + 2 + k) & 0xFF | ninth << 8;
                int signs = source.get(at + 74 + (k >> 1)) >> (k & 1) * 4;
                int half = source.get(at + 106 + (k >> 4)) >> (k >> 1 & 4) & 0xF;
                Codebook.IQ3_S.unpack(entry, signs, scaleUnit * (1 + 2 * half), target, i);
            }
        }
    }
}
