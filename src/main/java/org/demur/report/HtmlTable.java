package org.demur.report;

import static j2html.TagCreator.caption;
import static j2html.TagCreator.div;
import static j2html.TagCreator.each;
import static j2html.TagCreator.table;
import static j2html.TagCreator.tbody;
import static j2html.TagCreator.td;
import static j2html.TagCreator.th;
import static j2html.TagCreator.thead;
import static j2html.TagCreator.tr;

import j2html.tags.DomContent;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * A table of text. A heading that starts with {@code #} is that of a column of numbers and set flush right.
 *
 * @param title what the table holds and what to look at
 * @param rows one text per heading
 */
record HtmlTable(String title, List<String> headings, List<List<String>> rows) {
    private static final int MAX_ROWS = 200;

    static HtmlTable of(String title, List<List<String>> rows, String... headings) {
        return new HtmlTable(title, Arrays.asList(headings), rows);
    }

    DomContent html() {
        List<List<String>> shown = rows.stream().limit(MAX_ROWS).toList();
        String note = rows.size() > MAX_ROWS
                ? String.format(Locale.ROOT, " The first %d of %,d rows.", MAX_ROWS, rows.size())
                : "";
        return div(table(
                        caption(Markup.shown(title + note)),
                        thead(tr(each(columns(), this::heading))),
                        tbody(each(shown, row -> tr(each(columns(), column -> cell(row, column)))))))
                .withClass(headings.size() > 6 ? "table wide" : "table");
    }

    private List<Integer> columns() {
        return IntStream.range(0, headings.size()).boxed().toList();
    }

    private DomContent heading(int column) {
        String text = headings.get(column);
        return isNumber(column)
                ? th(Markup.shown(text.substring(1))).withClass("number").attr("scope", "col")
                : th(Markup.shown(text)).attr("scope", "col");
    }

    private DomContent cell(List<String> row, int column) {
        return isNumber(column)
                ? td(Markup.shown(row.get(column))).withClass("number")
                : td(Markup.shown(row.get(column)));
    }

    private boolean isNumber(int column) {
        return headings.get(column).startsWith("#");
    }
}
