package org.demur.sae.format;

import java.util.List;

/** What a pickle of tensors may hold besides texts, whole numbers, fractions, booleans, lists and dicts. */
sealed interface PickleValue {
    /** Python's None. */
    record None() implements PickleValue {}

    /** A tuple. */
    record Tuple(List<Object> items) implements PickleValue {}

    /** A class or function that is allowed; it is only ever a name. */
    record Global(String module, String name) implements PickleValue {
        @Override
        public String toString() {
            return module + "." + name;
        }
    }

    /** Bytes of the archive: {@code count} elements of a type in the entry {@code key}. */
    record Storage(String key, StorageType type, long count) implements PickleValue {}

    /** A view of a storage; offset and strides count elements. */
    record Tensor(Storage storage, long offset, long[] shape, long[] strides) implements PickleValue {}
}
