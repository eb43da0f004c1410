package org.demur.model;

/** IEEE 754 binary16 and bfloat16 to and from fp32 (Java 17 has no instruction for it). */
final class Half {
    private static final int EXPONENT = 0x7C00;
    private static final int MANTISSA = 0x3FF;
    private static final float SUBNORMAL_UNIT = 0x1p-24f;

    private Half() {}

    /** The exact fp32 value of a binary16; NaN payloads are kept. */
    static float fromBinary16(short half) {
        int sign = (half & 0x8000) << 16;
        int exponent = half & EXPONENT;
        int mantissa = half & MANTISSA;
        if (exponent == 0) {
            return Float.intBitsToFloat(sign | Float.floatToRawIntBits(mantissa * SUBNORMAL_UNIT));
        }
        if (exponent == EXPONENT) {
            return Float.intBitsToFloat(sign | 0x7F800000 | mantissa << 13);
        }
        return Float.intBitsToFloat(sign | ((exponent | mantissa) << 13) + (112 << 23));
    }

    /** The exact fp32 value of a bfloat16. */
    static float fromBfloat16(short half) {
        return Float.intBitsToFloat(half << 16);
    }

    /** The nearest bfloat16, ties to even; NaN stays a quiet NaN. */
    static short toBfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> 16 | 0x40);
        }
        return (short) (bits + 0x7FFF + (bits >>> 16 & 1) >>> 16);
    }
}
