package org.demur.sae;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;

/**
 * Which prompts are kept out of training: a share of all, chosen by a hash of their names, so that the choice depends on no
 * order and both forms of a prompt (with and without response) fall on the same side.
 *
 * @param seed of the choice
 * @param fraction share of prompts, 0 to 1
 */
public record HeldOutPrompts(long seed, double fraction) implements Serializable {
    private static final double TWO_TO_53 = 0x1p53;

    /** Whether this prompt is kept out. */
    public boolean contains(String setName, String promptId) {
        RowHash hash = new RowHash(seed);
        hash.add(setName.getBytes(StandardCharsets.UTF_8));
        hash.add(promptId.getBytes(StandardCharsets.UTF_8));
        return contains(hash);
    }

    /** Whether the prompt is kept out whose set name and id were added to a hash begun with {@link #seed}. */
    public boolean contains(RowHash hash) {
        return (hash.value() >>> 11) / TWO_TO_53 < fraction;
    }
}
