package org.demur.capability;

import java.io.Serializable;
import java.util.List;
import org.demur.engine.LanguageModel;

/** The model that is measured, and what is done to it. */
record Subject(LanguageModel model, List<Condition> conditions, Limits limits) {
    /**
     * Bounds of the work; results don't depend on them beyond rounding.
     *
     * @param rowsAtOnce answers that grow side by side
     * @param maxTokensPerBatch tokens in one forward pass
     */
    record Limits(int rowsAtOnce, int maxTokensPerBatch) implements Serializable {}
}
