package org.demur.report.chart;

import java.util.Locale;

/**
 * Text from tables made fit to be shown: characters that reorder or hide what follows become visible codes, and long
 * text is cut with a note. Escaping of markup is left to the HTML builder.
 */
public final class SafeText {
    private SafeText() {}

    /** The text in visible form, at most {@code maxCodePoints} of it. */
    public static String of(String text, int maxCodePoints) {
        return of(text, text.codePointCount(0, text.length()), maxCodePoints);
    }

    /** The same for a text that was cut before: {@code fullLength} is how long it is where it came from. */
    public static String of(String text, long fullLength, int maxCodePoints) {
        StringBuilder shown = new StringBuilder();
        text.codePoints().limit(maxCodePoints).forEach(codePoint -> append(shown, codePoint));
        if (fullLength > maxCodePoints) {
            shown.append(String.format(Locale.ROOT, " … [cut: %,d characters in all]", fullLength));
        }
        return shown.toString();
    }

    private static void append(StringBuilder shown, int codePoint) {
        if (isHidden(codePoint)) {
            shown.append(String.format(Locale.ROOT, "⟨U+%04X⟩", codePoint));
        } else {
            shown.appendCodePoint(codePoint);
        }
    }

    /** Controls but line breaks, format characters such as bidi marks and zero-width joiners, halves of surrogates. */
    private static boolean isHidden(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL -> codePoint != '\n';
            case Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE, Character.LINE_SEPARATOR -> true;
            default -> false;
        };
    }
}
