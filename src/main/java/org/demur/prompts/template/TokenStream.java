package org.demur.prompts.template;

import java.util.List;

/** The tokens of a template, one ahead, with the parser's limits on nesting and chaining. */
final class TokenStream {
    private static final int MAX_CHAIN = 500;

    private final String template;
    private final List<Token> tokens;
    private int next;
    private int depth;

    TokenStream(String template, List<Token> tokens) {
        this.template = template;
        this.tokens = tokens;
    }

    Token current() {
        return tokens.get(next);
    }

    Token following() {
        return tokens.get(Math.min(next + 1, tokens.size() - 1));
    }

    Token take() {
        Token token = current();
        next = Math.min(next + 1, tokens.size() - 1);
        return token;
    }

    boolean takeName(String name) {
        if (current().isName(name)) {
            take();
            return true;
        }
        return false;
    }

    boolean takeOperator(String operator) {
        if (current().isOperator(operator)) {
            take();
            return true;
        }
        return false;
    }

    Token expect(Token.Kind kind) {
        if (current().kind() != kind) {
            throw refusal(
                    current(),
                    "expected " + kind.description() + ", found " + current().description());
        }
        return take();
    }

    void expectOperator(String operator) {
        if (!takeOperator(operator)) {
            throw refusal(
                    current(), "expected '" + operator + "', found " + current().description());
        }
    }

    void expectName(String name) {
        if (!takeName(name)) {
            throw refusal(
                    current(), "expected '" + name + "', found " + current().description());
        }
    }

    void enter() {
        depth++;
        if (depth > Budget.MAX_DEPTH) {
            throw refusal(current(), "nested deeper than " + Budget.MAX_DEPTH);
        }
    }

    void leave() {
        depth--;
    }

    /** Refuses operator chains so long that evaluating them could exhaust the stack. */
    void checkChain(int length) {
        if (length > MAX_CHAIN) {
            throw refusal(current(), "more than " + MAX_CHAIN + " operators in a row");
        }
    }

    TemplateException refusal(Token token, String reason) {
        return TemplateException.refused(template, token.position(), reason);
    }
}
