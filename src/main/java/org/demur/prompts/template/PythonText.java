package org.demur.prompts.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;

/** Python's string operations, which differ from Java's in whitespace, case and positions. */
final class PythonText {
    /** A regular-expression class of what Python counts as whitespace. */
    static final String SPACE_CLASS =
            "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";

    private static final String LINE_ENDS = "\n\u000b\f\r\u001c\u001d\u001e\u0085\u2028\u2029";

    private PythonText() {}

    static boolean isSpace(int c) {
        return (c >= 0x09 && c <= 0x0d)
                || (c >= 0x1c && c <= 0x20)
                || c == 0x85
                || c == 0xa0
                || c == 0x1680
                || (c >= 0x2000 && c <= 0x200a)
                || c == 0x2028
                || c == 0x2029
                || c == 0x202f
                || c == 0x205f
                || c == 0x3000;
    }

    static boolean isBlank(String text) {
        return text.chars().allMatch(PythonText::isSpace);
    }

    static String strip(String text) {
        return stripStart(stripEnd(text));
    }

    static String stripStart(String text) {
        return stripStart(text, PythonText::isSpace);
    }

    static String stripEnd(String text) {
        return stripEnd(text, PythonText::isSpace);
    }

    static String stripStart(String text, IntPredicate removed) {
        int start = 0;
        while (start < text.length() && removed.test(text.codePointAt(start))) {
            start += Character.charCount(text.codePointAt(start));
        }
        return text.substring(start);
    }

    static String stripEnd(String text, IntPredicate removed) {
        int end = text.length();
        while (end > 0 && removed.test(text.codePointBefore(end))) {
            end -= Character.charCount(text.codePointBefore(end));
        }
        return text.substring(0, end);
    }

    static IntPredicate anyOf(String characters) {
        return codePoint -> characters.indexOf(codePoint) >= 0;
    }

    static long length(String text) {
        return text.codePointCount(0, text.length());
    }

    static List<String> characters(String text) {
        List<String> characters = new ArrayList<>();
        text.codePoints().forEach(codePoint -> characters.add(Character.toString(codePoint)));
        return characters;
    }

    /** {@code str.split()}: on runs of whitespace, at most that many cuts, all if negative. */
    static List<String> splitOnSpace(String text, long cuts) {
        List<String> parts = new ArrayList<>();
        String rest = stripStart(text);
        while (!rest.isEmpty()) {
            int end = 0;
            while (end < rest.length() && !isSpace(rest.charAt(end))) {
                end++;
            }
            if (parts.size() == cuts) {
                parts.add(stripEnd(rest));
                return parts;
            }
            parts.add(rest.substring(0, end));
            rest = stripStart(rest.substring(end));
        }
        return parts;
    }

    static List<String> split(String text, String separator, long cuts) {
        List<String> parts = new ArrayList<>();
        int from = 0;
        int at = text.indexOf(separator);
        while (at >= 0 && parts.size() != cuts) {
            parts.add(text.substring(from, at));
            from = at + separator.length();
            at = text.indexOf(separator, from);
        }
        parts.add(text.substring(from));
        return parts;
    }

    static List<String> splitFromEnd(String text, String separator, long cuts) {
        List<String> parts = new ArrayList<>();
        int end = text.length();
        int at = text.lastIndexOf(separator, end - separator.length());
        while (end >= separator.length() && at >= 0 && parts.size() != cuts) {
            parts.add(0, text.substring(at + separator.length(), end));
            end = at;
            at = text.lastIndexOf(separator, end - separator.length());
        }
        parts.add(0, text.substring(0, end));
        return parts;
    }

    static List<String> lines(String text) {
        List<String> lines = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            if (LINE_ENDS.indexOf(text.charAt(i)) >= 0) {
                lines.add(text.substring(from, i));
                boolean pair = text.startsWith("\r\n", i);
                i += pair ? 1 : 0;
                from = i + 1;
            }
        }
        if (from < text.length()) {
            lines.add(text.substring(from));
        }
        return lines;
    }

    static String upper(String text) {
        return text.toUpperCase(Locale.ROOT);
    }

    static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    static String capitalize(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int first = text.codePointAt(0);
        return titleCase(first) + lower(text.substring(Character.charCount(first)));
    }

    /** {@code str.title()}: every run of letters begins with a capital. */
    static String title(String text) {
        StringBuilder out = new StringBuilder();
        boolean inWord = false;
        for (int codePoint : text.codePoints().toArray()) {
            String character = Character.toString(codePoint);
            out.append(inWord ? lower(character) : titleCase(codePoint));
            inWord = isCased(codePoint);
        }
        return out.toString();
    }

    private static boolean isCased(int codePoint) {
        return Character.isUpperCase(codePoint) || Character.isLowerCase(codePoint) || Character.isTitleCase(codePoint);
    }

    private static String titleCase(int codePoint) {
        String upper = upper(Character.toString(codePoint));
        int title = Character.toTitleCase(codePoint);
        if (upper.codePointCount(0, upper.length()) > 1 && title == codePoint) {
            throw new Refusal("the title case of a letter that expands is not supported");
        }
        return Character.toString(title);
    }
}
