package org.demur.model;

import java.nio.ByteBuffer;

/**
 * ggml TQ1_0: 52 bytes of base-3 digits, a binary16 scale; w = scale * (digit - 1).
 *
 * <p>A byte is a fraction of 256: multiplying it by 3^n modulo 256 moves digit n to the front. The first 32
 * bytes hold five runs of 32 weights, one a digit; the next 16 five runs of 16; the last 4 four runs of 4.
 */
record Tq10Blocks() implements Quantization {
    private static final int[] WIDTHS = {32, 16, 4};

    @Override
    public int blockSize() {
        return 256;
    }

    @Override
    public int bytesPerBlock() {
        return 54;
    }

    @Override
    public void dequantise(ByteBuffer source, int position, float[] target, int blocks) {
        for (int block = 0, at = position, i = 0; block < blocks; block++, at += bytesPerBlock()) {
            float scale = Half.fromBinary16(source.getShort(at + 52));
            int blockEnd = i + blockSize();
            int from = at;
            for (int width : WIDTHS) {
                for (int power = 1; power <= 81 && i < blockEnd; power *= 3) {
                    for (int j = 0; j < width; j++) {
                        int fraction = source.get(from + j) * power & 0xFF;
                        target[i++] = scale * ((fraction * 3 >> 8) - 1);
                    }
                }
                from += width;
            }
        }
    }
}
