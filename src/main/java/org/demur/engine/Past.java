package org.demur.engine;

import ai.djl.pytorch.engine.PtNDArray;
import java.util.Optional;

/**
 * Keys and values of tokens that come before those of a pass.
 *
 * @param stored by block, one row for all sequences or several to choose from
 * @param choice which row a sequence of the pass has; the only one where absent
 */
record Past(KeysValues stored, Optional<PtNDArray> choice) {
    static Past none() {
        return new Past(KeysValues.empty(), Optional.empty());
    }

    static Past sharedByAll(KeysValues stored) {
        return new Past(stored, Optional.empty());
    }

    boolean isEmpty() {
        return stored.keys().isEmpty();
    }

    PtNDArray chosen(PtNDArray rows, ScriptCalls calls) {
        return choice.isPresent() ? calls.one("rows", rows, choice.get()) : rows;
    }
}
