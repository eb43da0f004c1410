package org.demur.report;

import static j2html.TagCreator.a;
import static j2html.TagCreator.body;
import static j2html.TagCreator.code;
import static j2html.TagCreator.details;
import static j2html.TagCreator.each;
import static j2html.TagCreator.footer;
import static j2html.TagCreator.h1;
import static j2html.TagCreator.h2;
import static j2html.TagCreator.h3;
import static j2html.TagCreator.head;
import static j2html.TagCreator.header;
import static j2html.TagCreator.html;
import static j2html.TagCreator.li;
import static j2html.TagCreator.main;
import static j2html.TagCreator.meta;
import static j2html.TagCreator.nav;
import static j2html.TagCreator.p;
import static j2html.TagCreator.pre;
import static j2html.TagCreator.rawHtml;
import static j2html.TagCreator.section;
import static j2html.TagCreator.style;
import static j2html.TagCreator.summary;
import static j2html.TagCreator.title;
import static j2html.TagCreator.ul;

import j2html.tags.DomContent;
import j2html.tags.Text;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.demur.report.chart.Numbers;

/**
 * One HTML document without scripts and without anything from outside. Its content security policy forbids both, should
 * a hostile text ever get through the escaping.
 */
final class Page {
    private static final String POLICY =
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

    private final Subject subject;
    private final List<DomContent> anchors = new ArrayList<>();
    private final List<DomContent> sections = new ArrayList<>();

    Page(Subject subject) {
        this.subject = subject;
    }

    void add(Section section, Answers answers) {
        anchors.add(li(a(section.title()).withHref("#" + section.id())));
        sections.add(section(
                        h2(section.title()),
                        each(section.content(answers), item -> item),
                        sql(answers.results().values()))
                .withId(section.id()));
    }

    /** The document, from doctype to the closing tag. */
    String render() {
        return "<!DOCTYPE html>\n"
                + html(
                                head(
                                        meta().attr("charset", "utf-8"),
                                        meta().attr("http-equiv", "Content-Security-Policy")
                                                .attr("content", POLICY),
                                        meta().attr("name", "viewport")
                                                .attr("content", "width=device-width, initial-scale=1"),
                                        meta().attr("name", "color-scheme").attr("content", "light dark"),
                                        meta().attr("name", "referrer").attr("content", "no-referrer"),
                                        title(Markup.shown(subject.title() + " – Demur")),
                                        style(rawHtml(styleSheet()))),
                                body(top(), main(each(sections, item -> item)), bottom()))
                        .attr("lang", "en")
                        .render()
                + "\n";
    }

    private DomContent top() {
        return header(
                p("Demur").withClass("product"),
                h1(Markup.shown(subject.title())),
                p(Markup.shown("Which internal features make " + subject.model() + " refuse"))
                        .withClass("subtitle"),
                nav(ul(each(anchors, item -> item))).attr("aria-label", "Sections"));
    }

    private DomContent bottom() {
        return footer(p(Markup.shown(
                "A refusal is what the first judge of the job file takes for one. Phrase lists take sympathy (“I’m "
                        + "sorry to hear that”) for refusal and miss refusals in other words, so read differences between conditions, "
                        + "not absolute rates. "
                        + "Run " + subject.run() + ".")));
    }

    private static DomContent sql(Collection<QueryResult> results) {
        String label = "SQL behind these numbers (" + results.size() + (results.size() == 1 ? " query)" : " queries)");
        return details(
                        summary(label),
                        p(Markup.shown("Run any of these with jobs/sql \"…\" --warehouse DIR.")),
                        each(results, Page::query))
                .withClass("sql");
    }

    private static DomContent query(QueryResult result) {
        String rows = Numbers.count(result.rows().size())
                + (result.rows().size() == 1 ? " row" : " rows")
                + (result.isCut() ? ", cut" : "");
        return section(h3(Markup.shown(result.query().title() + " · " + rows)), pre(code(new Text(result.sql()))));
    }

    private static String styleSheet() {
        try (InputStream in = Page.class.getResourceAsStream("report.css")) {
            if (in == null) {
                throw new IllegalStateException("Resource report.css is missing from the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new UncheckedIOException("Cannot read report.css", failure);
        }
    }
}
