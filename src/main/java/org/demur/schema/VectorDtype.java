package org.demur.schema;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Locale;

/** How the vectors of the {@code activations} table are spelt as bytes; always little-endian. */
public enum VectorDtype {
    /** The upper half of a float, rounded to nearest, ties to even; relative error at most 2^-8. */
    BF16(Short.BYTES),
    /** The float as it is. */
    F32(Float.BYTES);

    private final int bytes;

    VectorDtype(int bytes) {
        this.bytes = bytes;
    }

    /** The dtype with this name in the table; fails with the names that exist. */
    public static VectorDtype of(String sqlName) {
        return Arrays.stream(values())
                .filter(dtype -> dtype.sqlName().equals(sqlName))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("Vector dtype is bf16 or f32, got " + sqlName));
    }

    /** Name in the table. */
    public String sqlName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Bytes of {@code length} values that start at {@code from}. */
    public byte[] encode(float[] values, int from, int length) {
        ByteBuffer out = ByteBuffer.allocate(length * bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = from; i < from + length; i++) {
            switch (this) {
                case BF16 -> out.putShort(bf16(values[i]));
                case F32 -> out.putFloat(values[i]);
            }
        }
        return out.array();
    }

    /** The values behind the bytes. */
    public float[] decode(byte[] encoded) {
        float[] values = new float[encoded.length / bytes];
        decode(encoded, values, 0);
        return values;
    }

    /** Decodes into {@code values} from index {@code to} on, without allocation of the values. */
    public void decode(byte[] encoded, float[] values, int to) {
        ByteBuffer in = ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN);
        int length = encoded.length / bytes;
        for (int i = to; i < to + length; i++) {
            values[i] = switch (this) {
                case BF16 -> Float.intBitsToFloat(in.getShort() << 16);
                case F32 -> in.getFloat();
            };
        }
    }

    private static short bf16(float value) {
        int bits = Float.floatToIntBits(value);
        if (Float.isNaN(value)) {
            return (short) 0x7fc0;
        }
        int lowestKept = bits >>> 16 & 1;
        return (short) (bits + 0x7fff + lowestKept >>> 16);
    }
}
