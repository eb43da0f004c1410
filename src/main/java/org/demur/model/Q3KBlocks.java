package org.demur.model;

import java.nio.ByteBuffer;

/**
 * ggml Q3_K: 32 bytes of third bits, 64 bytes of four 2-bit numbers, sixteen packed 6-bit scales, a
 * binary16 multiplier; w = (d * (scale - 32)) * (q - 4), with a scale for every 16 weights.
 *
 * <p>Each half of the block keeps its four runs of 32 weights in the four bit pairs of 32 bytes; bit r of the
 * third bits belongs to run r of the eight.
 */
record Q3KBlocks() implements Quantization {
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
            float scaleUnit = Half.fromBinary16(source.getShort(at + 108));
            for (int part = 0; part < 16; part++) {
                float scale = scaleUnit * (SixBitScales.ofSixteen(source, at + 96, part) - 32);
                int thirds = at + (part & 1) * 16;
                int from = thirds + 32 + (part >> 3) * 32;
                int run = part >> 1;
                int shift = (run & 3) * 2;
                for (int j = 0; j < 16; j++) {
                    int third = source.get(thirds + j) >> run & 1;
                    target[i++] = scale * ((source.get(from + j) >> shift & 3 | third << 2) - 4);
                }
            }
        }
    }
}
