package org.demur.engine;

import ai.djl.pytorch.engine.PtNDArray;
import java.util.Map;
import java.util.TreeMap;

/**
 * Keys and values of tokens by block, each [B, S, KV, HD].
 *
 * @param keys one tensor a block
 * @param values one tensor a block
 */
record KeysValues(Map<Integer, PtNDArray> keys, Map<Integer, PtNDArray> values) {
    /** Empty, to be filled by a pass. */
    static KeysValues empty() {
        return new KeysValues(new TreeMap<>(), new TreeMap<>());
    }
}
