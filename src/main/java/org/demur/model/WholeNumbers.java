package org.demur.model;

import java.util.function.LongUnaryOperator;

/** Tensors of whole numbers, such as token ids. */
final class WholeNumbers {
    private static final int MAX_ELEMENTS = 1 << 27;

    private WholeNumbers() {}

    static long[] read(MappedFile file, TensorSpan span) {
        TensorInfo info = span.info();
        if (info.elementCount() > MAX_ELEMENTS) {
            throw Refusal.misused(file.path(), "too many elements for one array in " + info);
        }
        LongUnaryOperator element = elementAt(file, info);
        long[] values = new long[(int) info.elementCount()];
        for (int i = 0; i < values.length; i++) {
            values[i] = element.applyAsLong(
                    span.position() + (long) i * info.dtype().bytesPerBlock());
        }
        return values;
    }

    private static LongUnaryOperator elementAt(MappedFile file, TensorInfo info) {
        return switch (info.dtype()) {
            case BOOL, U8 -> position -> Byte.toUnsignedLong(file.byteAt(position));
            case I8 -> file::byteAt;
            case U16 -> position -> Short.toUnsignedLong(file.shortAt(position));
            case I16 -> file::shortAt;
            case U32 -> position -> Integer.toUnsignedLong(file.intAt(position));
            case I32 -> file::intAt;
            case I64 -> file::longAt;
            default -> throw Refusal.misused(file.path(), "no whole numbers in " + info);
        };
    }
}
