package org.demur.prompts.template;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts the inside of a tag into names, literals and operators, and watches the brackets. */
final class TagScanner {
    private static final Pattern FLOAT = Pattern.compile("(?<!\\.)(?:\\d+(?:\\.\\d+)?[eE][+-]?\\d+|\\d+\\.\\d+)");
    private static final Pattern INTEGER = Pattern.compile("[1-9]\\d*|0+");
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final Pattern OPERATOR = Pattern.compile("//|\\*\\*|==|!=|>=|<=|[-+/*%~\\[\\](){}><=.:|,;]");

    private final Source source;
    private final String text;
    private final Matcher matcher;
    private final Deque<String> open = new ArrayDeque<>();
    private int offset;

    TagScanner(Source source, int offset) {
        this.source = source;
        this.text = source.text();
        this.matcher = NAME.matcher(text).useTransparentBounds(true);
        this.offset = offset;
    }

    /** The offset of the next token, or of the end of the template. */
    int skipSpace() {
        while (offset < text.length() && PythonText.isSpace(text.charAt(offset))) {
            offset++;
        }
        return offset;
    }

    boolean isBalanced() {
        return open.isEmpty();
    }

    Token next() {
        int start = offset;
        if (matches(FLOAT)) {
            return token(Token.Kind.FLOAT, start);
        }
        if (matches(INTEGER)) {
            refuseLetterAfterNumber(start);
            return token(Token.Kind.INTEGER, start);
        }
        if (matches(NAME)) {
            return token(Token.Kind.NAME, start);
        }
        if (text.charAt(start) == '\'' || text.charAt(start) == '"') {
            String quoted = quoted();
            return new Token(
                    Token.Kind.STRING, StringEscapes.decode(source, start + 1, quoted), source.position(start));
        }
        if (matches(OPERATOR)) {
            balance(start);
            return token(Token.Kind.OPERATOR, start);
        }
        throw source.refusal(start, "unexpected character in a tag");
    }

    private String quoted() {
        int start = offset;
        char quote = text.charAt(start);
        offset++;
        while (offset < text.length() && text.charAt(offset) != quote) {
            offset += text.charAt(offset) == '\\' ? 2 : 1;
        }
        if (offset >= text.length()) {
            throw source.refusal(start, "this string is never closed");
        }
        offset++;
        return text.substring(start + 1, offset - 1);
    }

    private boolean matches(Pattern pattern) {
        matcher.usePattern(pattern).region(offset, text.length());
        if (!matcher.lookingAt()) {
            return false;
        }
        offset = matcher.end();
        return true;
    }

    private Token token(Token.Kind kind, int start) {
        return new Token(kind, text.substring(start, offset), source.position(start));
    }

    private void refuseLetterAfterNumber(int start) {
        if (offset < text.length()) {
            char after = text.charAt(offset);
            if (Character.isLetterOrDigit(after) || after == '_') {
                throw source.refusal(start, "only plain decimal numbers are supported");
            }
        }
    }

    private void balance(int start) {
        String operator = text.substring(start, offset);
        switch (operator) {
            case "(" -> open.push(")");
            case "[" -> open.push("]");
            case "{" -> open.push("}");
            case ")", "]", "}" -> {
                if (open.isEmpty() || !open.pop().equals(operator)) {
                    throw source.refusal(start, "unexpected '" + operator + "'");
                }
            }
            default -> {}
        }
    }
}
