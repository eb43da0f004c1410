package org.demur.model;

import java.nio.ByteBuffer;

/**
 * ggml Q6_K: 128 bytes of two low nibbles, 64 bytes of four upper bit pairs, 16 signed scales, a binary16
 * multiplier; w = (d * scale) * (q - 32), with a scale for every 16 weights.
 *
 * <p>Each half of the block has four runs of 32 weights: two in the low nibbles of its 64 bytes, two in the
 * high ones; their upper bits are the four bit pairs of 32 bytes.
 */
record Q6KBlocks() implements Quantization {
    @Override
    public int blockSize() {
        return 256;
    }

    @Override
    public int bytesPerBlock() {
        return 210;
    }

    @Override
    public void dequantise(ByteBuffer source, int position, float[] target, int blocks) {
        for (int block = 0, at = position, i = 0; block < blocks; block++, at += bytesPerBlock()) {
            float scaleUnit = Half.fromBinary16(source.getShort(at + 208));
            for (int part = 0; part < 16; part++) {
                float scale = scaleUnit * source.get(at + 192 + part);
                int lower = at + (part >> 3) * 64 + (part & 3) * 16;
                int upper = at + 128 + (part >> 3) * 32 + (part & 1) * 16;
                int lowerShift = part & 4;
                int upperShift = (part >> 1 & 3) * 2;
                for (int j = 0; j < 16; j++) {
                    int low = source.get(lower + j) >> lowerShift & 0xF;
                    int high = source.get(upper + j) >> upperShift & 3;
                    target[i++] = scale * ((low | high << 4) - 32);
                }
            }
        }
    }
}
