package org.demur.report;

import static j2html.TagCreator.div;
import static j2html.TagCreator.each;
import static j2html.TagCreator.figcaption;
import static j2html.TagCreator.figure;
import static j2html.TagCreator.p;

import j2html.tags.DomContent;
import j2html.tags.Text;
import java.util.List;
import org.demur.report.chart.SafeText;
import org.demur.report.chart.SvgTag;

/** The recurring pieces of the page. All text passes {@link SafeText} and is escaped by j2html. */
final class Markup {
    /** Longest text in a table cell or sentence; completions have their own limit. */
    private static final int MAX_TEXT = 400;

    private Markup() {}

    static Text shown(String text) {
        return new Text(SafeText.of(text, MAX_TEXT));
    }

    static DomContent paragraph(String text) {
        return p(shown(text));
    }

    static DomContent lead(String text) {
        return p(shown(text)).withClass("lead");
    }

    static DomContent absent(String what) {
        return p(shown(what)).withClass("absent");
    }

    /** A chart with what to read off it. */
    static DomContent captioned(SvgTag chart, String caption) {
        return figure(div(chart).withClass("chart"), figcaption(shown(caption)));
    }

    /** Charts side by side where the page is wide enough. */
    static DomContent gallery(List<DomContent> figures) {
        return div(each(figures, item -> item)).withClass("gallery");
    }
}
