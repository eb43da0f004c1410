package org.demur.rows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.demur.schema.VectorDtype;

/**
 * How a row is laid out in memory and in scratch files: 16-bit words, one a value in bf16, two in f32 with the lower half
 * first, which is little-endian order.
 *
 * @param width values of a row
 * @param dtype of the values
 */
record RowFormat(int width, VectorDtype dtype) {
    private static final int EXPONENT = 0x7f80;

    /** Words of a row. */
    int words() {
        return switch (dtype) {
            case BF16 -> width;
            case F32 -> 2 * width;
        };
    }

    /** Bytes of a row. */
    int bytes() {
        return words() * Short.BYTES;
    }

    /** Takes over bytes in this dtype. */
    void read(byte[] encoded, short[] words, int at) {
        ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer().get(words, at, words());
    }

    /** Whether all values of a row are numbers and finite: an exponent of ones is left to NaN and the infinities. */
    boolean isFinite(short[] words, int at) {
        int step = words() / width;
        boolean finite = true;
        for (int i = at + step - 1; i < at + words(); i += step) {
            finite &= (words[i] & EXPONENT) != EXPONENT;
        }
        return finite;
    }

    /** Hands a row on in the form that it has. */
    void put(short[] words, int at, RowSink sink, int row) {
        switch (dtype) {
            case BF16 -> sink.put(row, words, at);
            case F32 -> sink.put(row, values(words, at), 0);
        }
    }

    /** The values of a row. */
    float[] values(short[] words, int at) {
        float[] values = new float[width];
        for (int c = 0; c < width; c++) {
            values[c] = switch (dtype) {
                case BF16 -> Float.intBitsToFloat(words[at + c] << 16);
                case F32 -> Float.intBitsToFloat(words[at + 2 * c + 1] << 16 | words[at + 2 * c] & 0xffff);
            };
        }
        return values;
    }
}
