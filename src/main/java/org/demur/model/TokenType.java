package org.demur.model;

import java.util.Optional;

/** The kinds of tokens that {@code tokenizer.ggml.token_type} tells apart. */
enum TokenType {
    /** No kind was given; read as a normal token. */
    UNDEFINED,
    /** Made by the tokenizer's model. */
    NORMAL,
    /** Stands for text that no token covers. */
    UNKNOWN,
    /** Never the result of plain text. */
    CONTROL,
    /** Found in plain text before the model sees it. */
    USER_DEFINED,
    /** Left over from training. */
    UNUSED,
    /** One byte of a character without a token, spelt {@code <0x41>}. */
    BYTE;

    private static final TokenType[] BY_NUMBER = values();

    static Optional<TokenType> of(long number) {
        return number >= 0 && number < BY_NUMBER.length ? Optional.of(BY_NUMBER[(int) number]) : Optional.empty();
    }

    /** Whether merging smaller tokens may end in a token of this kind. */
    boolean spellsText() {
        return switch (this) {
            case UNDEFINED, NORMAL, USER_DEFINED, UNUSED -> true;
            case UNKNOWN, CONTROL, BYTE -> false;
        };
    }

    /** Whether the text of such a token is recognised as a whole. */
    boolean isAdded() {
        return this == CONTROL || this == USER_DEFINED;
    }
}
