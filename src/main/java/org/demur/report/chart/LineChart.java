package org.demur.report.chart;

import java.util.ArrayList;
import java.util.List;

/**
 * Lines over a numeric axis, each labelled at its end, with an optional interval as a band.
 *
 * @param references horizontal lines to compare with
 */
public record LineChart(ChartText words, Axis x, Axis y, List<Line> lines, List<Reference> references) {
    private static final double WIDTH = 532;
    private static final double HEIGHT = 300;
    private static final double LEFT = 52;
    private static final double TOP = 36;
    private static final double LABEL_SPACE = 138;

    /** One series; {@code dashed} tells two series of one tone apart. */
    public record Line(String label, Tone tone, Stroke stroke, List<Mark> marks) {}

    /** How a line is drawn. */
    public enum Stroke {
        SOLID,
        DASHED,
        DOTTED
    }

    /** A point with its interval; {@code low} and {@code high} are NaN when there is none. */
    public record Mark(double x, double y, double low, double high, String tooltip) {
        boolean hasInterval() {
            return Double.isFinite(low) && Double.isFinite(high);
        }
    }

    /** A level drawn across the whole chart. */
    public record Reference(String label, Tone tone, double y) {
        /** Draws the line and returns its label. */
        EndLabel drawn(SvgTag svg, Plane plane) {
            Point start = plane.at(plane.x().low(), y);
            svg.with(SvgTag.line("reference " + tone.cssClass(), start, new Point(plane.right(), start.y())));
            return new EndLabel(label, tone, start.y());
        }
    }

    /** The chart as an element. */
    public SvgTag svg() {
        Plane plane = new Plane(x, y, LEFT, TOP, WIDTH - LEFT - LABEL_SPACE, HEIGHT - TOP - 52);
        SvgTag svg = SvgTag.root(words, WIDTH, HEIGHT).with(plane.frame());
        List<EndLabel> labels = new ArrayList<>();
        references.forEach(reference -> labels.add(reference.drawn(svg, plane)));
        for (Line line : lines) {
            List<Mark> marks = line.marks().stream()
                    .filter(mark -> Double.isFinite(mark.y()))
                    .toList();
            if (!marks.isEmpty()) {
                svg.with(drawn(line, marks, plane));
                Mark last = marks.get(marks.size() - 1);
                labels.add(new EndLabel(
                        line.label(), line.tone(), plane.at(last.x(), last.y()).y()));
            }
        }
        return svg.with(EndLabel.drawn(labels, plane));
    }

    private static SvgTag drawn(Line line, List<Mark> marks, Plane plane) {
        SvgTag group = SvgTag.group(line.tone().cssClass());
        if (marks.size() > 1 && marks.stream().allMatch(Mark::hasInterval)) {
            group.with(SvgTag.path("band", band(marks, plane)));
        }
        if (marks.size() > 1) {
            String classes = line.stroke() == Stroke.DASHED ? "line dashed" : "line";
            group.with(SvgTag.path(classes, through(marks, plane)));
        }
        boolean sparse = marks.size() <= 24;
        for (Mark mark : marks) {
            if (marks.size() == 1 && mark.hasInterval()) {
                group.with(SvgTag.line("whisker", plane.at(mark.x(), mark.low()), plane.at(mark.x(), mark.high())));
            }
            group.with(SvgTag.circle(sparse ? "dot" : "ghost", plane.at(mark.x(), mark.y()), sparse ? 3.5 : 5)
                    .tooltip(mark.tooltip()));
        }
        return group;
    }

    private static String through(List<Mark> marks, Plane plane) {
        StringBuilder path = new StringBuilder();
        for (Mark mark : marks) {
            append(path, plane.at(mark.x(), mark.y()));
        }
        return path.toString();
    }

    private static String band(List<Mark> marks, Plane plane) {
        StringBuilder path = new StringBuilder();
        for (Mark mark : marks) {
            append(path, plane.at(mark.x(), mark.high()));
        }
        for (int i = marks.size() - 1; i >= 0; i--) {
            append(path, plane.at(marks.get(i).x(), marks.get(i).low()));
        }
        return path.append('Z').toString();
    }

    private static void append(StringBuilder path, Point point) {
        path.append(path.isEmpty() ? 'M' : 'L')
                .append(Numbers.coordinate(point.x()))
                .append(' ')
                .append(Numbers.coordinate(point.y()));
    }
}
