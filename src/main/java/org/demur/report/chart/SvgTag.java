package org.demur.report.chart;

import j2html.tags.ContainerTag;
import j2html.tags.Text;

/** An SVG element. Attributes and text are escaped by j2html; there is no way to put raw markup in. */
public final class SvgTag extends ContainerTag<SvgTag> {
    private static final int MAX_TEXT = 400;

    private SvgTag(String name) {
        super(name);
    }

    /**
     * The root of a chart, announced to screen readers by the title and description in {@code words}.
     *
     * @param width in CSS pixels at full size; the style sheet shrinks it to the page
     */
    static SvgTag root(ChartText words, double width, double height) {
        return new SvgTag("svg")
                .attr("xmlns", "http://www.w3.org/2000/svg")
                .attr("viewBox", "0 0 " + Numbers.coordinate(width) + " " + Numbers.coordinate(height))
                .attr("width", Numbers.coordinate(width))
                .attr("height", Numbers.coordinate(height))
                .attr("role", "img")
                .attr("aria-labelledby", words.id() + "-title " + words.id() + "-desc")
                .with(
                        new SvgTag("title").attr("id", words.id() + "-title").with(shown(words.title())),
                        new SvgTag("desc").attr("id", words.id() + "-desc").with(shown(words.description())));
    }

    static SvgTag group(String classes) {
        return new SvgTag("g").attr("class", classes);
    }

    static SvgTag line(String classes, Point from, Point to) {
        return new SvgTag("line")
                .attr("class", classes)
                .attr("x1", Numbers.coordinate(from.x()))
                .attr("y1", Numbers.coordinate(from.y()))
                .attr("x2", Numbers.coordinate(to.x()))
                .attr("y2", Numbers.coordinate(to.y()));
    }

    static SvgTag circle(String classes, Point centre, double radius) {
        return new SvgTag("circle")
                .attr("class", classes)
                .attr("cx", Numbers.coordinate(centre.x()))
                .attr("cy", Numbers.coordinate(centre.y()))
                .attr("r", Numbers.coordinate(radius));
    }

    static SvgTag rectangle(String classes, Point corner, double width, double height) {
        return new SvgTag("rect")
                .attr("class", classes)
                .attr("x", Numbers.coordinate(corner.x()))
                .attr("y", Numbers.coordinate(corner.y()))
                .attr("width", Numbers.coordinate(width))
                .attr("height", Numbers.coordinate(height));
    }

    static SvgTag path(String classes, String commands) {
        return new SvgTag("path").attr("class", classes).attr("d", commands);
    }

    static SvgTag label(String classes, Point at, String text) {
        return new SvgTag("text")
                .attr("class", classes)
                .attr("x", Numbers.coordinate(at.x()))
                .attr("y", Numbers.coordinate(at.y()))
                .with(shown(text));
    }

    /** The same element with a tooltip, which browsers show and screen readers read. */
    SvgTag tooltip(String text) {
        return text.isEmpty() ? this : with(new SvgTag("title").with(shown(text)));
    }

    private static Text shown(String text) {
        return new Text(SafeText.of(text, MAX_TEXT));
    }
}
