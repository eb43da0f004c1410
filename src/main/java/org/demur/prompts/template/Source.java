package org.demur.prompts.template;

import java.util.Arrays;

/** A template's text with its line ends normalised, and the way from offsets to positions. */
final class Source {
    private final String name;
    private final String text;
    private final int[] lineStarts;

    /** Drops one newline at the end, as Jinja does. */
    Source(String name, String raw) {
        this.name = name;
        String normalised = raw.replace("\r\n", "\n").replace('\r', '\n');
        this.text = normalised.endsWith("\n") ? normalised.substring(0, normalised.length() - 1) : normalised;
        this.lineStarts = lineStarts(text);
    }

    private static int[] lineStarts(String text) {
        int[] starts = new int[1 + (int) text.chars().filter(c -> c == '\n').count()];
        int line = 1;
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '\n') {
                starts[line] = i + 1;
                line++;
            }
        }
        return starts;
    }

    String name() {
        return name;
    }

    String text() {
        return text;
    }

    Position position(int offset) {
        int found = Arrays.binarySearch(lineStarts, offset);
        int line = found >= 0 ? found : -found - 2;
        return new Position(line + 1, offset - lineStarts[line] + 1);
    }

    TemplateException refusal(int offset, String reason) {
        return TemplateException.refused(name, position(offset), reason);
    }
}
