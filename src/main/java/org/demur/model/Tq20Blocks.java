package org.demur.model;

import java.nio.ByteBuffer;

/**
 * ggml TQ2_0: 64 bytes of four 2-bit numbers, a binary16 scale; w = scale * (q - 1).
 *
 * <p>Each half of the block keeps its four runs of 32 weights in the four bit pairs of 32 bytes.
 */
record Tq20Blocks() implements Quantization {
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
            float scale = Half.fromBinary16(source.getShort(at + 64));
            for (int run = 0; run < 8; run++) {
                int from = at + (run >> 2) * 32;
                int shift = (run & 3) * 2;
                for (int j = 0; j < 32; j++) {
                    target[i++] = scale * ((source.get(from + j) >> shift & 3) - 1);
                }
            }
        }
    }
}
