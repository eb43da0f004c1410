package org.demur.prompts.template;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts a template into tokens, with the whitespace rules of {@code trim_blocks} and {@code
 * lstrip_blocks}: a block tag or comment alone on its line takes its indentation and its newline
 * with it, and {@code -} or {@code +} beside a delimiter override that.
 */
final class Lexer {
    private static final String S = PythonText.SPACE_CLASS;
    private static final Pattern OPENING = Pattern.compile("\\{[{%#]");
    private static final Pattern RAW_BEGIN = Pattern.compile("\\{%[-+]?" + S + "*raw" + S + "*(?:-%}" + S + "*|%})");
    private static final Pattern RAW_END =
            Pattern.compile("\\{%([-+]?)" + S + "*endraw" + S + "*(?:\\+%}|-%}" + S + "*|%}\\n?)");
    private static final Pattern COMMENT_END = Pattern.compile("\\+#}|-#}" + S + "*|#}\\n?");
    private static final Pattern BLOCK_END = Pattern.compile("\\+%}|-%}" + S + "*|%}\\n?");
    private static final Pattern VARIABLE_END = Pattern.compile("-}}" + S + "*|}}");

    private final Source source;
    private final String text;
    private final List<Token> tokens = new ArrayList<>();
    private int offset;
    private boolean lineStarting = true;

    private Lexer(Source source) {
        this.source = source;
        this.text = source.text();
    }

    static List<Token> tokens(Source source) {
        Lexer lexer = new Lexer(source);
        lexer.scan();
        return lexer.tokens;
    }

    private void scan() {
        Matcher opening = OPENING.matcher(text);
        while (opening.find(offset)) {
            int begin = opening.start();
            addDataBefore(begin);
            char kind = text.charAt(begin + 1);
            if (kind == '#') {
                skipComment(begin);
            } else if (kind == '{') {
                scanTag(begin, Token.Kind.VARIABLE_BEGIN, Token.Kind.VARIABLE_END, VARIABLE_END);
            } else if (!scanRaw(begin)) {
                scanTag(begin, Token.Kind.BLOCK_BEGIN, Token.Kind.BLOCK_END, BLOCK_END);
            }
        }
        addData(offset, text.substring(offset));
        add(Token.Kind.END, "", text.length());
    }

    private void addDataBefore(int begin) {
        boolean variable = text.charAt(begin + 1) == '{';
        addData(offset, stripped(text.substring(offset, begin), signAt(begin + 2), variable));
    }

    private String signAt(int at) {
        boolean signed = at < text.length() && (text.charAt(at) == '-' || text.charAt(at) == '+');
        return signed ? text.substring(at, at + 1) : "";
    }

    private String stripped(String data, String sign, boolean variable) {
        if (sign.equals("-")) {
            return PythonText.stripEnd(data);
        }
        int lineStart = data.lastIndexOf('\n') + 1;
        boolean alone = (lineStart > 0 || lineStarting) && PythonText.isBlank(data.substring(lineStart));
        return sign.isEmpty() && !variable && alone ? data.substring(0, lineStart) : data;
    }

    private void skipComment(int begin) {
        int bodyStart = begin + 2 + signAt(begin + 2).length();
        Matcher end = COMMENT_END.matcher(text);
        if (!end.find(bodyStart)) {
            throw source.refusal(begin, "this comment is never closed");
        }
        moveTo(end.end());
    }

    private boolean scanRaw(int begin) {
        Matcher raw = RAW_BEGIN.matcher(text).region(begin, text.length());
        if (!raw.lookingAt()) {
            return false;
        }
        moveTo(raw.end());
        Matcher end = RAW_END.matcher(text);
        if (!end.find(offset)) {
            throw source.refusal(begin, "this raw block is never closed");
        }
        addData(offset, stripped(text.substring(offset, end.start()), end.group(1), false));
        moveTo(end.end());
        return true;
    }

    private void scanTag(int begin, Token.Kind opening, Token.Kind closing, Pattern end) {
        add(opening, "", begin);
        offset = begin + 2 + signAt(begin + 2).length();
        TagScanner scanner = new TagScanner(source, offset);
        Matcher closer = end.matcher(text);
        while (true) {
            int at = scanner.skipSpace();
            if (at >= text.length()) {
                throw source.refusal(begin, "this tag is never closed");
            }
            if (scanner.isBalanced() && closer.region(at, text.length()).lookingAt()) {
                add(closing, "", at);
                moveTo(closer.end());
                return;
            }
            tokens.add(scanner.next());
        }
    }

    private void moveTo(int next) {
        offset = next;
        lineStarting = text.charAt(next - 1) == '\n';
    }

    private void addData(int at, String data) {
        if (!data.isEmpty()) {
            add(Token.Kind.DATA, data, at);
        }
    }

    private void add(Token.Kind kind, String tokenText, int at) {
        tokens.add(new Token(kind, tokenText, source.position(at)));
    }
}
