package org.demur.corpus;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import org.demur.sae.RowHash;

/** Key of the table {@code prompts} within a run. */
public record PromptKey(String setName, String promptId, String kind) implements Serializable, Comparable<PromptKey> {
    private static final Comparator<PromptKey> ORDER = Comparator.comparing(PromptKey::setName)
            .thenComparing(PromptKey::promptId)
            .thenComparing(PromptKey::kind);

    @Override
    public int compareTo(PromptKey other) {
        return ORDER.compare(this, other);
    }

    /** 64 bits that stand for the key. */
    public long hash() {
        return hash(
                setName.getBytes(StandardCharsets.UTF_8),
                promptId.getBytes(StandardCharsets.UTF_8),
                kind.getBytes(StandardCharsets.UTF_8));
    }

    /** The {@link #hash} of a key that is spelt in UTF-8. */
    public static long hash(byte[] setName, byte[] promptId, byte[] kind) {
        RowHash hash = new RowHash(0);
        hash.add(setName);
        hash.add(promptId);
        hash.add(kind);
        return hash.value();
    }
}
