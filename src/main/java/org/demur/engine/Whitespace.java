package org.demur.engine;

/** Runs of the characters that Unicode calls white space. */
final class Whitespace {
    private static final int NEXT_LINE = 0x85;

    private Whitespace() {}

    /** Where the run that ends at {@code end} begins, not before {@code from}. */
    static int startBefore(String text, int from, int end) {
        int start = end;
        while (start > from && contains(text.charAt(start - 1))) {
            start--;
        }
        return start;
    }

    /** Where the run that begins at {@code from} ends. */
    static int endBehind(String text, int from) {
        int end = from;
        while (end < text.length() && contains(text.charAt(end))) {
            end++;
        }
        return end;
    }

    private static boolean contains(char unit) {
        return Character.isSpaceChar(unit) || (unit >= '\t' && unit <= '\r') || unit == NEXT_LINE;
    }
}
