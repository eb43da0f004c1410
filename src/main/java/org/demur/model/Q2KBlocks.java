package org.demur.model;

import java.nio.ByteBuffer;

/**
 * ggml Q2_K: 16 bytes of a scale (low nibble) and a minimum (high nibble), one for every 16 weights; 64
 * bytes of four 2-bit numbers; binary16 multipliers of the scales and of the minimums.
 *
 * <p>w = (d * scale) * q - (dmin * minimum). Each half of the block keeps its four runs of 32 weights in the
 * four bit pairs of 32 bytes.
 */
record Q2KBlocks() implements Quantization {
    @Override
    public int blockSize() {
        return 256;
    }

    @Override
    public int bytesPerBlock() {
        return 84;
    }

    @Override
    public void dequantise(ByteBuffer source, int position, float[] target, int blocks) {
        for (int block = 0, at = position, i = 0; block < blocks; block++, at += bytesPerBlock()) {
            float scaleUnit = Half.fromBinary16(source.getShort(at + 80));
            float minimumUnit = Half.fromBinary16(source.getShort(at + 82));
            for (int part = 0; part < 16; part++) {
                int packed = source.get(at + part);
                float scale = scaleUnit * (packed & 0xF);
                float minimum = minimumUnit * (packed >> 4 & 0xF);
                int from = at + 16 + (part >> 3) * 32 + (part & 1) * 16;
                int shift = (part >> 1 & 3) * 2;
                for (int j = 0; j < 16; j++) {
                    target[i++] = scale * (source.get(from + j) >> shift & 3) - minimum;
                }
            }
        }
    }
}
