package org.demur.sae.format;

import java.util.Arrays;
import java.util.Optional;
import org.demur.model.DType;

/** Element types of PyTorch's storages, under the names that pickles use. */
enum StorageType {
    FLOAT("FloatStorage", DType.F32),
    DOUBLE("DoubleStorage", DType.F64),
    HALF("HalfStorage", DType.F16),
    BFLOAT16("BFloat16Storage", DType.BF16),
    LONG("LongStorage", DType.I64),
    INT("IntStorage", DType.I32),
    SHORT("ShortStorage", DType.I16),
    CHAR("CharStorage", DType.I8),
    BYTE("ByteStorage", DType.U8),
    BOOL("BoolStorage", DType.BOOL);

    private final String pickled;
    private final DType dtype;

    StorageType(String pickled, DType dtype) {
        this.pickled = pickled;
        this.dtype = dtype;
    }

    /** The name of the class in the module torch. */
    String pickled() {
        return pickled;
    }

    DType dtype() {
        return dtype;
    }

    int bytes() {
        return dtype.bytesPerBlock();
    }

    static Optional<StorageType> of(String pickled) {
        return Arrays.stream(values())
                .filter(type -> type.pickled.equals(pickled))
                .findFirst();
    }
}
