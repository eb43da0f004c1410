package org.demur.model;

import java.math.BigInteger;

/** Reads GGUF values one behind the other, never past the end of the file. */
final class GgufCursor {
    private static final int MAX_TEXT_BYTES = 16 << 20;
    private static final int MAX_ARRAY_ELEMENTS = 1 << 24;
    private static final BigInteger TWO_TO_64 = BigInteger.ONE.shiftLeft(Long.SIZE);

    private final MappedFile file;
    private long position;

    GgufCursor(MappedFile file, long position) {
        this.file = file;
        this.position = position;
    }

    long position() {
        return position;
    }

    long remaining() {
        return file.size() - position;
    }

    int number32(String what) {
        return file.intAt(advance(Integer.BYTES, what));
    }

    /** A 64-bit length or count; refused when it is above {@code limit}, read as unsigned. */
    int count(long limit, String what) {
        long count = file.longAt(advance(Long.BYTES, what));
        if (count < 0 || count > limit) {
            throw Refusal.broken(
                    file.path(),
                    what + " declares " + Long.toUnsignedString(count) + ", more than the possible " + limit);
        }
        return (int) count;
    }

    /** A 64-bit number that must fit a signed long. */
    long number64(String what) {
        long number = file.longAt(advance(Long.BYTES, what));
        if (number < 0) {
            throw Refusal.broken(file.path(), what + " is " + Long.toUnsignedString(number) + ", beyond any file");
        }
        return number;
    }

    String text(String what) {
        int length = textLength(what);
        byte[] bytes = file.bytes(advance(length, what), length);
        return Utf8.decode(bytes).orElseThrow(() -> Refusal.broken(file.path(), what + " is not UTF-8"));
    }

    GgufValue value(String key) {
        String what = "value of " + key;
        GgufType type = type(what);
        return switch (type) {
            case STRING -> new GgufValue.Text(text(what));
            case BOOL -> new GgufValue.Flag(flag(what));
            case FLOAT32, FLOAT64 -> new GgufValue.Real(real(type, what));
            case ARRAY -> array(what);
            case UINT8, INT8, UINT16, INT16, UINT32, INT32, UINT64, INT64 -> new GgufValue.Whole(whole(type, what));
        };
    }

    BigInteger whole(GgufType type, String what) {
        long at = advance(type.leastBytes(), what);
        return switch (type) {
            case UINT8 -> BigInteger.valueOf(Byte.toUnsignedLong(file.byteAt(at)));
            case INT8 -> BigInteger.valueOf(file.byteAt(at));
            case UINT16 -> BigInteger.valueOf(Short.toUnsignedLong(file.shortAt(at)));
            case INT16 -> BigInteger.valueOf(file.shortAt(at));
            case UINT32 -> BigInteger.valueOf(Integer.toUnsignedLong(file.intAt(at)));
            case INT32 -> BigInteger.valueOf(file.intAt(at));
            case UINT64 -> BigInteger.valueOf(file.longAt(at)).mod(TWO_TO_64);
            case INT64 -> BigInteger.valueOf(file.longAt(at));
            case FLOAT32, FLOAT64, BOOL, STRING, ARRAY ->
                throw Refusal.broken(file.path(), what + " is a " + type + ", not a whole number");
        };
    }

    double real(GgufType type, String what) {
        long at = advance(type.leastBytes(), what);
        return type == GgufType.FLOAT32
                ? Float.intBitsToFloat(file.intAt(at))
                : Double.longBitsToDouble(file.longAt(at));
    }

    boolean flag(String what) {
        byte stored = file.byteAt(advance(1, what));
        if (stored != 0 && stored != 1) {
            throw Refusal.broken(file.path(), what + " is a bool stored as " + stored);
        }
        return stored == 1;
    }

    private GgufValue array(String what) {
        GgufType element = type(what);
        if (element == GgufType.ARRAY) {
            throw Refusal.unsupported(file.path(), what + " is an array of arrays");
        }
        long most = Math.min(MAX_ARRAY_ELEMENTS, (remaining() - Long.BYTES) / element.leastBytes());
        int count = count(most, what);
        GgufValue.Many array = new GgufValue.Many(element, count, position);
        if (element == GgufType.STRING) {
            for (int i = 0; i < count; i++) {
                advance(textLength(what), what);
            }
        } else {
            advance((long) count * element.leastBytes(), what);
        }
        return array;
    }

    private GgufType type(String what) {
        int number = number32(what);
        return GgufType.ofNumber(number)
                .orElseThrow(() -> Refusal.broken(
                        file.path(), what + " has the unknown type " + Integer.toUnsignedString(number)));
    }

    private int textLength(String what) {
        return count(Math.min(MAX_TEXT_BYTES, Math.max(0, remaining() - Long.BYTES)), what);
    }

    private long advance(long length, String what) {
        if (!file.holds(position, length)) {
            throw Refusal.broken(file.path(), "ends at byte " + file.size() + " inside the " + what);
        }
        long start = position;
        position += length;
        return start;
    }
}
