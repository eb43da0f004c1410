package org.demur.prompts.template;

import java.util.Objects;

/** One turn of a conversation; its content is data and is never evaluated. */
public record Message(String role, String content) {
    public Message {
        Objects.requireNonNull(role, "role");
        Objects.requireNonNull(content, "content");
    }
}
