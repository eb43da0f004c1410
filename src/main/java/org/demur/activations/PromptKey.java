package org.demur.activations;

import java.io.Serializable;
import java.util.Comparator;

/** Key of the table {@code prompts} within a run. */
record PromptKey(String setName, String promptId, String kind) implements Serializable, Comparable<PromptKey> {
    private static final Comparator<PromptKey> ORDER = Comparator.comparing(PromptKey::setName)
            .thenComparing(PromptKey::promptId)
            .thenComparing(PromptKey::kind);

    @Override
    public int compareTo(PromptKey other) {
        return ORDER.compare(this, other);
    }
}
