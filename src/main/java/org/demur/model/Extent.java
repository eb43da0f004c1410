package org.demur.model;

import java.util.OptionalLong;

/** Sizes of tensors, computed so that no hostile shape overflows. */
final class Extent {
    private Extent() {}

    /** The product of the dimensions; empty when it, or a part of it, exceeds a long. */
    static OptionalLong elementCount(long[] shape) {
        long count = 1;
        for (long dimension : shape) {
            if (dimension != 0 && count > Long.MAX_VALUE / dimension) {
                return OptionalLong.empty();
            }
            count *= dimension;
        }
        return OptionalLong.of(count);
    }

    /** The bytes of a tensor of whole blocks; empty when that is not a possible size. */
    static OptionalLong byteCount(long[] shape, DType type) {
        OptionalLong count = elementCount(shape);
        if (count.isEmpty()
                || count.getAsLong() % type.blockSize() != 0
                || count.getAsLong() / type.blockSize() > Long.MAX_VALUE / type.bytesPerBlock()) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(count.getAsLong() / type.blockSize() * type.bytesPerBlock());
    }
}
