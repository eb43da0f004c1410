package org.demur.prompts.template;

import java.util.Optional;

/**
 * A template that could not be parsed, or a conversation it could not render.
 *
 * <p>The message names the template, the line and the column, and never quotes prompt text, except
 * where the template itself puts it into {@code raise_exception}.
 */
public final class TemplateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String template;
    private final int line;
    private final int column;
    private final String reason;
    private final boolean raisedByTemplate;

    private TemplateException(String template, Position position, String reason, boolean raisedByTemplate) {
        super("Chat template '%s', line %d, column %d: %s"
                .formatted(template, position.line(), position.column(), reason));
        this.template = template;
        this.line = position.line();
        this.column = position.column();
        this.reason = reason;
        this.raisedByTemplate = raisedByTemplate;
    }

    static TemplateException refused(String template, Position position, String reason) {
        return new TemplateException(template, position, reason, false);
    }

    static TemplateException raised(String template, Position position, String reason) {
        return new TemplateException(template, position, reason, true);
    }

    /** The name under which the template was parsed. */
    public String template() {
        return template;
    }

    /** Line of the refused construct, from 1. */
    public int line() {
        return line;
    }

    /** Column of the refused construct, from 1. */
    public int column() {
        return column;
    }

    /** The reason alone, without the place. */
    public String reason() {
        return reason;
    }

    /** The template's own words, verbatim, if it called {@code raise_exception}. */
    public Optional<String> raisedMessage() {
        return raisedByTemplate ? Optional.of(reason) : Optional.empty();
    }
}
