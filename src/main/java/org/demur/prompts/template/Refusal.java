package org.demur.prompts.template;

/** Why an operation on values was refused; the evaluator adds the place and rethrows it. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Who refused: the interpreter, or the template itself through {@code raise_exception}. */
    enum Origin {
        INTERPRETER,
        TEMPLATE
    }

    private final Origin origin;

    Refusal(String message) {
        this(Origin.INTERPRETER, message);
    }

    Refusal(Origin origin, String message) {
        super(message, null, false, false);
        this.origin = origin;
    }

    Origin origin() {
        return origin;
    }

    /** The exception that users of the template see. */
    TemplateException at(String template, Position position) {
        return switch (origin) {
            case INTERPRETER -> TemplateException.refused(template, position, getMessage());
            case TEMPLATE -> TemplateException.raised(template, position, getMessage());
        };
    }
}
