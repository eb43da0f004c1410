package org.demur.engine;

import java.util.List;
import org.demur.edit.Edit;
import org.demur.prompts.TokenClass;

/**
 * One row of a request: token ids, without padding, and the edits that apply to it, in this order at each hook point.
 *
 * @param tokenIds at least one token
 * @param edits edits of this row; the same objects in several rows are run together
 * @param classes class of each token; empty when no edit asks for it
 * @param seed of this row's random choices, when it is continued by sampling
 */
public record TokenSequence(int[] tokenIds, List<Edit> edits, List<TokenClass> classes, long seed) {
    /** Refuses an empty sequence. */
    public TokenSequence {
        if (tokenIds.length == 0) {
            throw new IllegalArgumentException("A token sequence needs at least one token");
        }
        edits = List.copyOf(edits);
        classes = List.copyOf(classes);
        if (!classes.isEmpty() && classes.size() != tokenIds.length) {
            throw new IllegalArgumentException(classes.size() + " classes for " + tokenIds.length + " tokens");
        }
        if (classes.isEmpty() && edits.stream().anyMatch(Edit.Within.class::isInstance)) {
            throw new IllegalArgumentException("An edit within token classes needs the classes of the tokens");
        }
    }

    /** A sequence whose edits hold at every token. */
    public TokenSequence(int[] tokenIds, List<Edit> edits) {
        this(tokenIds, edits, List.of(), 0);
    }

    /** A sequence without edits. */
    public static TokenSequence plain(int[] tokenIds) {
        return new TokenSequence(tokenIds, List.of());
    }

    /** The same with another seed. */
    public TokenSequence withSeed(long other) {
        return new TokenSequence(tokenIds, edits, classes, other);
    }

    int length() {
        return tokenIds.length;
    }
}
