package org.demur.ingest;

import java.util.Locale;

/** Why a row was set aside; the codes of the {@code quarantine} table. */
enum RejectReason {
    /** The line is not one JSON object in UTF-8. */
    BROKEN_JSON,
    /** A column holds another type than it must, or a CSV row has another number of columns. */
    WRONG_TYPE,
    /** There is no id, or an empty one. */
    MISSING_ID,
    /** The id occurred before in the same set. */
    DUPLICATE_ID,
    /** There is no prompt column. */
    MISSING_PROMPT,
    /** The prompt is white space. */
    EMPTY_PROMPT,
    /** Half of a surrogate pair: text that UTF-8 cannot express. */
    LONE_SURROGATE,
    /** A NUL character. */
    NUL_CHARACTER,
    /** More bytes than {@code max-bytes}. */
    TOO_LONG,
    /** More tokens than {@code max-tokens}. */
    TOO_MANY_TOKENS,
    /** The chat template writes other text than usual around this content, so tokens cannot be told apart. */
    TEMPLATE_CONFLICT;

    String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
