package org.demur.prompts.template;

/** A lexical unit of a template. */
record Token(Kind kind, String text, Position position) {
    /** The sorts of tokens. */
    enum Kind {
        DATA("text"),
        VARIABLE_BEGIN("'{{'"),
        VARIABLE_END("'}}'"),
        BLOCK_BEGIN("'{%'"),
        BLOCK_END("'%}'"),
        NAME("a name"),
        STRING("a string"),
        INTEGER("an integer"),
        FLOAT("a number"),
        OPERATOR("an operator"),
        END("the end of the template");

        private final String description;

        Kind(String description) {
            this.description = description;
        }

        String description() {
            return description;
        }
    }

    boolean isName(String name) {
        return kind == Kind.NAME && text.equals(name);
    }

    boolean isOperator(String operator) {
        return kind == Kind.OPERATOR && text.equals(operator);
    }

    /** What to call this token in a message. */
    String description() {
        return switch (kind) {
            case NAME, INTEGER, FLOAT, OPERATOR -> "'" + text + "'";
            case DATA, VARIABLE_BEGIN, VARIABLE_END, BLOCK_BEGIN, BLOCK_END, STRING, END -> kind.description();
        };
    }
}
