package org.demur.model;

import java.nio.ByteBuffer;

/**
 * OCP MXFP4 as ggml stores it: an exponent byte, then 16 bytes of two nibbles, each an E2M1 number.
 *
 * <p>Levels are twice the E2M1 numbers and the scale is 2^(exponent - 128), half of what the byte says; the
 * exponent 255, NaN in the OCP text, is a number as in ggml. Low nibbles hold weights 0..15, high nibbles
 * 16..31.
 */
record Mxfp4Blocks() implements Quantization {
    private static final byte[] LEVELS = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

    @Override
    public int blockSize() {
        return 32;
    }

    @Override
    public int bytesPerBlock() {
        return 17;
    }

    @Override
    public void dequantise(ByteBuffer source, int position, float[] target, int blocks) {
        for (int block = 0, at = position, i = 0; block < blocks; block++, at += bytesPerBlock()) {
            float scale = halfPowerOfTwo(source.get(at) & 0xFF);
            for (int j = 0; j < 16; j++, i++) {
                int pair = source.get(at + 1 + j);
                target[i] = scale * LEVELS[pair & 0xF];
                target[i + 16] = scale * LEVELS[pair >> 4 & 0xF];
            }
            i += 16;
        }
    }

    /** 2^(exponent - 128); the two smallest of these are subnormal. */
    private static float halfPowerOfTwo(int exponent) {
        return Float.intBitsToFloat(exponent < 2 ? 0x00200000 << exponent : exponent - 1 << 23);
    }
}
