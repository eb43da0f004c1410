package org.demur.engine;

import java.util.List;
import org.demur.edit.Edit;
import org.demur.edit.FeatureRule;
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
    /** Where a sequence needs its own unedited run beside it. */
    enum Twin {
        /** Nowhere. */
        NONE,
        /** At the prompt's tokens. */
        PROMPT,
        /** At the prompt's tokens and while it is continued. */
        ALWAYS
    }

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

    /** Where an edit of this sequence asks what the sequence would be without edits. */
    Twin twin() {
        Twin needed = Twin.NONE;
        for (Edit edit : edits) {
            if (EditShape.bare(edit) instanceof Edit.EditFeatures features
                    && features.rule() instanceof FeatureRule.Unedited) {
                boolean promptOnly = edit instanceof Edit.Within within && !within.generated();
                needed = promptOnly && needed != Twin.ALWAYS ? Twin.PROMPT : Twin.ALWAYS;
            }
        }
        return needed;
    }

    int length() {
        return tokenIds.length;
    }
}
