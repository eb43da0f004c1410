package org.demur.engine;

import ai.djl.pytorch.engine.PtNDArray;
import java.util.ArrayList;
import java.util.List;

/**
 * Keys and values of consecutive blocks from the first, each [B, S, KV, HD].
 *
 * @param wanted whether a pass shall add its own
 * @param keys one tensor a block
 * @param values one tensor a block
 */
record KeysValues(boolean wanted, List<PtNDArray> keys, List<PtNDArray> values) {
    /** None, and none wanted. */
    static KeysValues none() {
        return new KeysValues(false, List.of(), List.of());
    }

    /** Empty, to be filled by a pass. */
    static KeysValues collecting() {
        return new KeysValues(true, new ArrayList<>(), new ArrayList<>());
    }

    /** Frees the tensors. */
    void close() {
        keys.forEach(PtNDArray::close);
        values.forEach(PtNDArray::close);
    }
}
