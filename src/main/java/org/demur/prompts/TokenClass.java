package org.demur.prompts;

public enum TokenClass {
    PAD,
    BOS,
    SYSTEM,
    USER_HEADER,
    CONTENT,
    POST_INSTRUCTION,
    RESPONSE,
    TEXT
}
