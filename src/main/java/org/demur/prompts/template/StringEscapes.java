package org.demur.prompts.template;

/** Python's backslash escapes in string literals. */
final class StringEscapes {
    private static final String PLAIN = "\\'\"abfnrtv";
    private static final String DECODED = "\\'\"\u0007\b\f\n\r\t\u000b";

    private final Source source;
    private final int start;
    private final String quoted;
    private final StringBuilder decoded = new StringBuilder();
    private int at;

    private StringEscapes(Source source, int start, String quoted) {
        this.source = source;
        this.start = start;
        this.quoted = quoted;
    }

    /** Decodes the inside of a literal that begins at an offset of the source. */
    static String decode(Source source, int start, String quoted) {
        StringEscapes escapes = new StringEscapes(source, start, quoted);
        while (escapes.at < quoted.length()) {
            escapes.step();
        }
        return escapes.decoded.toString();
    }

    private void step() {
        char c = quoted.charAt(at);
        at++;
        if (c == '\\') {
            escape();
        } else {
            decoded.append(c);
        }
    }

    private void escape() {
        char c = quoted.charAt(at);
        at++;
        int plain = PLAIN.indexOf(c);
        if (plain >= 0) {
            decoded.append(DECODED.charAt(plain));
        } else if (c >= '0' && c <= '7') {
            octal();
        } else {
            switch (c) {
                case 'x' -> hex(2);
                case 'u' -> hex(4);
                case 'U' -> hex(8);
                case '\n' -> {}
                case 'N' -> throw source.refusal(start + at - 2, "\\N escapes are not supported");
                default -> decoded.append('\\').append(c);
            }
        }
    }

    private void octal() {
        int from = at - 1;
        while (at < quoted.length() && at < from + 3 && quoted.charAt(at) >= '0' && quoted.charAt(at) <= '7') {
            at++;
        }
        decoded.append((char) Integer.parseInt(quoted.substring(from, at), 8));
    }

    private void hex(int digits) {
        int end = at + digits;
        if (end > quoted.length() || !quoted.substring(at, end).matches("[0-9a-fA-F]+")) {
            throw source.refusal(start + at - 2, "malformed escape in a string");
        }
        long codePoint = Long.parseLong(quoted.substring(at, end), 16);
        if (codePoint > Character.MAX_CODE_POINT) {
            throw source.refusal(start + at - 2, "an escape outside Unicode");
        }
        decoded.appendCodePoint((int) codePoint);
        at = end;
    }
}
