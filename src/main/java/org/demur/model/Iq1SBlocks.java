package org.demur.model;

import java.nio.ByteBuffer;

/**
 * ggml IQ1_S: a binary16 multiplier, 32 low bytes of the numbers of codebook entries of 8 weights, then 16
 * bits for every 32 weights: four times 3 upper bits of those numbers, a 3-bit scale, the sign of a shift.
 *
 * <p>w = d * (2 * scale + 1) * (entry + shift), the shift being 1/8 or -1/8.
 */
record Iq1SBlocks() implements Quantization {
    @Override
    public int blockSize() {
        return 256;
    }

    @Override
    public int bytesPerBlock() {
        return 50;
    }

    @Override
    public void dequantise(ByteBuffer source, int position, float[] target, int blocks) {
        for (int block = 0, at = position, i = 0; block < blocks; block++, at += bytesPerBlock()) {
            float scaleUnit = Half.fromBinary16(source.getShort(at));
            for (int k = 0; k < 32; k++, i += 8) {
                int packed = source.getShort(at + 34 + (k >> 2) * 2);
                int entry = source.get(at + 2 + k) & 0xFF | (packed >> (k & 3) * 3 & 7) << 8;
                float scale = scaleUnit * (2 * (packed >> 12 & 7) + 1);
                Codebook.IQ1.unpackShifted(entry, packed < 0 ? -0.125f : 0.125f, scale, target, i);
            }
        }
    }
}
