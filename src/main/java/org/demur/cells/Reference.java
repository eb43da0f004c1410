package org.demur.cells;

import java.io.Serializable;

/**
 * Prompts on which an action looks up what features are.
 *
 * @param set prompt set; empty where the method needs none
 * @param key column of the prompt's source row that holds the id or the text of its partner in that set; where empty, the
 *     partner has the same id
 */
public record Reference(String set, String key) implements Serializable {
    /** None. */
    public static final Reference NONE = new Reference("", "");

    /** What tells this reference from none in a cell's id. */
    String suffix() {
        return set.isEmpty() ? "" : "/from=" + set + (key.isEmpty() ? "" : "." + key);
    }
}
