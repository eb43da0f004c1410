package org.demur.ingest;

import java.util.Locale;
import org.demur.config.ConfigSection;

/** How a row becomes tokens. */
enum PromptKind {
    /** User turn and generation prompt. */
    CHAT,
    /** User turn, the recorded answer and the end of its turn. */
    CHAT_RESPONSE,
    /** Plain text without template. */
    TEXT;

    String sqlName() {
        return name().toLowerCase(Locale.ROOT);
    }

    static PromptKind from(ConfigSection set) {
        return switch (set.string("kind")) {
            case "chat" -> CHAT;
            case "text" -> TEXT;
            default -> throw set.invalid("kind", "a prompt set is read as chat or as text", "write chat or text");
        };
    }
}
