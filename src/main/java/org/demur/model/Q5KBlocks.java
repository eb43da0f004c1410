package org.demur.model;

import java.nio.ByteBuffer;

/**
 * ggml Q5_K: binary16 multipliers of scales and minimums, eight packed 6-bit scales and minimums, 32
 * bytes of fifth bits, 128 bytes of two nibbles; w = (d * scale) * q - (dmin * minimum), with a scale for
 * every 32 weights.
 *
 * <p>Of each run of 64 weights the first 32 are low nibbles, the others the high nibbles of the same bytes;
 * bit p of the fifth bits belongs to part p of the eight.
 */
record Q5KBlocks() implements Quantization {
    @Override
    public int blockSize() {
        return 256;
    }

    @Override
    public int bytesPerBlock() {
        return 176;
    }

    @Override
    public void dequantise(ByteBuffer source, int position, float[] target, int blocks) {
        for (int block = 0, at = position, i = 0; block < blocks; block++, at += bytesPerBlock()) {
            float scaleUnit = Half.fromBinary16(source.getShort(at));
            float minimumUnit = Half.fromBinary16(source.getShort(at + 2));
            for (int part = 0; part < 8; part++) {
                float scale = scaleUnit * SixBitScales.ofEight(source, at + 4, part);
                float minimum = minimumUnit * SixBitScales.minimumOfEight(source, at + 4, part);
                int from = at + 48 + (part >> 1) * 32;
                int shift = (part & 1) * 4;
                for (int j = 0; j < 32; j++) {
                    int fifth = source.get(at + 16 + j) >> part & 1;
                    target[i++] = scale * (source.get(from + j) >> shift & 0xF | fifth << 4) - minimum;
                }
            }
        }
    }
}
