package org.demur.cli;

import java.util.ArrayList;
import java.util.List;

/** Columns of text, as wide as their widest cell; long cells are cut. */
final class TextTable {
    private static final int MAX_WIDTH = 60;

    private final List<List<String>> lines = new ArrayList<>();

    TextTable(List<String> header) {
        lines.add(header);
    }

    void add(List<Object> cells) {
        lines.add(cells.stream().map(TextTable::cell).toList());
    }

    String render() {
        int[] widths = new int[lines.get(0).size()];
        for (List<String> line : lines) {
            for (int column = 0; column < widths.length; column++) {
                widths[column] = Math.max(widths[column], line.get(column).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> line : lines) {
            StringBuilder row = new StringBuilder();
            for (int column = 0; column < widths.length; column++) {
                row.append(line.get(column))
                        .append(" ".repeat(widths[column] - line.get(column).length() + 2));
            }
            text.append(row.toString().stripTrailing()).append(System.lineSeparator());
        }
        return text.toString();
    }

    private static String cell(Object value) {
        String text = value == null ? "NULL" : value.toString().replaceAll("\\s+", " ");
        return text.length() <= MAX_WIDTH ? text : text.substring(0, MAX_WIDTH - 3) + "...";
    }
}
