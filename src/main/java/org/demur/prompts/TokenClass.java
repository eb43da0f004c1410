package org.demur.prompts;

import java.util.Locale;

/** Which part of a rendered prompt a token belongs to. */
public enum TokenClass {
    /** Filling of a batch. */
    PAD,
    /** The begin-of-text token. */
    BOS,
    /** Everything before the header of the user's turn, except the begin-of-text token. */
    SYSTEM,
    /** What opens the user's turn. */
    USER_HEADER,
    /** The prompt itself. */
    CONTENT,
    /** From the end of the prompt to where the model starts to write. */
    POST_INSTRUCTION,
    /** What the model wrote, with the end of its turn. */
    RESPONSE,
    /** Text that no template was applied to. */
    TEXT;

    /** The name in tables: the constant's in lower case. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The class of that name in tables. */
    public static TokenClass labelled(String label) {
        return valueOf(label.toUpperCase(Locale.ROOT));
    }
}
