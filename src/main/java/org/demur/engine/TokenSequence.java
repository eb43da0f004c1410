package org.demur.engine;

import java.util.List;
import org.demur.edit.Edit;

/**
 * One row of a batch: token ids, without padding, and the edits that apply to it, in this order at each hook point.
 *
 * @param tokenIds at least one token
 * @param edits edits of this row; rows that share the very same edits are run together
 */
public record TokenSequence(int[] tokenIds, List<Edit> edits) {
    /** Refuses an empty sequence. */
    public TokenSequence {
        if (tokenIds.length == 0) {
            throw new IllegalArgumentException("A token sequence needs at least one token");
        }
        edits = List.copyOf(edits);
    }

    /** A sequence without edits. */
    public static TokenSequence plain(int[] tokenIds) {
        return new TokenSequence(tokenIds, List.of());
    }

    int length() {
        return tokenIds.length;
    }
}
