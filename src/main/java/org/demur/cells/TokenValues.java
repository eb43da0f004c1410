package org.demur.cells;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import org.demur.prompts.TokenClass;

/**
 * What features are at the tokens of one prompt, without any edit.
 *
 * <p>Legend: {@code T} tokens, {@code M} features.
 *
 * @param set prompt set
 * @param promptId unique within the set
 * @param classes class of each token, as spelled in the table {@code prompts}
 * @param value_TM values by layer, row-major, features in the order of {@link ReferenceValues#features()}
 */
public record TokenValues(String set, String promptId, List<String> classes, Map<Integer, float[]> value_TM)
        implements Serializable {

    /** First token of a class, or -1. */
    int first(TokenClass wanted) {
        return classes.indexOf(wanted.label());
    }

    /** Last token of a class, or -1. */
    int last(TokenClass wanted) {
        return classes.lastIndexOf(wanted.label());
    }
}
