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
    TEMPLATE_CONFLICT,
    /** A column has none of the values that {@code where} accepts. */
    OUTSIDE_WHERE,
    /** The same text stands in a set that {@code drop-in} names. */
    IN_OTHER_SET,
    /** The text does not fall into the set's {@code share}. */
    OUTSIDE_SHARE;

    /** Whether the row itself is bad, rather than good and not wanted in this set. */
    boolean isDefect() {
        return switch (this) {
            case OUTSIDE_WHERE, IN_OTHER_SET, OUTSIDE_SHARE -> false;
            case BROKEN_JSON,
                    WRONG_TYPE,
                    MISSING_ID,
                    DUPLICATE_ID,
                    MISSING_PROMPT,
                    EMPTY_PROMPT,
                    LONE_SURROGATE,
                    NUL_CHARACTER,
                    TOO_LONG,
                    TOO_MANY_TOKENS,
                    TEMPLATE_CONFLICT -> true;
        };
    }

    String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
