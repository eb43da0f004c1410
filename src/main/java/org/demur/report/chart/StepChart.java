package org.demur.report.chart;

import java.util.ArrayList;
import java.util.List;
import org.demur.report.chart.LineChart.Mark;
import org.demur.report.chart.LineChart.Reference;
import org.demur.report.chart.Look.Weight;

/**
 * Many lines over a few steps, such as set sizes. The points of one step stand side by side so that their intervals can be
 * read; every line is named at its end.
 *
 * @param x named steps, see {@link Axis#steps}; the x of a mark is the number of its step
 */
public record StepChart(ChartText words, Axis x, Axis y, List<Series> series, List<Reference> references) {
    private static final double WIDTH = 960;
    private static final double HEIGHT = 440;
    private static final double LEFT = 52;
    private static final double TOP = 36;
    private static final double LABEL_SPACE = 190;
    /** Part of a step's width over which its points spread. */
    private static final double SPREAD = 0.62;

    /** One line. */
    public record Series(String label, Look look, List<Mark> marks) {}

    /** The chart as an element. */
    public SvgTag svg() {
        Plane plane = new Plane(x, y, LEFT, TOP, WIDTH - LEFT - LABEL_SPACE, HEIGHT - TOP - 52);
        SvgTag svg = SvgTag.root(words, WIDTH, HEIGHT).with(plane.frame());
        List<EndLabel> labels = new ArrayList<>();
        references.forEach(reference -> labels.add(reference.drawn(svg, plane)));
        List<Series> drawn =
                series.stream().filter(one -> !one.marks().isEmpty()).toList();
        for (Weight weight : List.of(Weight.BAND, Weight.LIGHT, Weight.HEAVY)) {
            for (Series one : drawn) {
                if (one.look().weight() == weight) {
                    svg.with(weight == Weight.BAND ? area(one, plane) : line(one, plane));
                }
            }
        }
        drawn.forEach(one -> labels.add(
                new EndLabel(one.label(), one.look().tone(), end(one, plane).y())));
        return svg.with(names(labels, drawn, plane));
    }

    private SvgTag area(Series one, Plane plane) {
        SvgTag group = SvgTag.group(one.look().tone().cssClass());
        List<Point> outline = new ArrayList<>();
        one.marks().forEach(mark -> outline.add(plane.at(mark.x(), mark.high())));
        List<Point> below = new ArrayList<>();
        one.marks().forEach(mark -> below.add(0, plane.at(mark.x(), mark.low())));
        outline.addAll(below);
        group.with(SvgTag.path("band", path(outline) + 'Z'));
        group.with(SvgTag.path(
                one.look().lineClass(),
                path(one.marks().stream()
                        .map(mark -> plane.at(mark.x(), mark.y()))
                        .toList())));
        for (Mark mark : one.marks()) {
            group.with(SvgTag.circle("ghost", plane.at(mark.x(), mark.y()), 6).tooltip(mark.tooltip()));
        }
        return group;
    }

    private SvgTag line(Series one, Plane plane) {
        Look look = one.look();
        boolean isHeavy = look.weight() == Weight.HEAVY;
        SvgTag group = SvgTag.group(look.tone().cssClass());
        group.with(SvgTag.path(
                look.lineClass(),
                path(one.marks().stream().map(mark -> place(mark, one, plane)).toList())));
        for (Mark mark : one.marks()) {
            Point point = place(mark, one, plane);
            if (mark.hasInterval()) {
                group.with(SvgTag.line(
                        isHeavy ? "whisker" : "whisker thin",
                        new Point(point.x(), plane.at(0, mark.low()).y()),
                        new Point(point.x(), plane.at(0, mark.high()).y())));
            }
            group.with(
                    look.marker().at(look.dotClass(), point, isHeavy ? 5.5 : 4).tooltip(mark.tooltip()));
        }
        return group;
    }

    private Point place(Mark mark, Series one, Plane plane) {
        List<Series> beside = series.stream()
                .filter(other -> other.look().weight() != Weight.BAND)
                .toList();
        double share = beside.size() < 2 ? 0 : beside.indexOf(one) / (beside.size() - 1.0) - 0.5;
        double step = plane.at(1, 0).x() - plane.at(0, 0).x();
        return plane.at(mark.x(), mark.y()).moved(share * SPREAD * step, 0);
    }

    private Point end(Series one, Plane plane) {
        Mark last = one.marks().get(one.marks().size() - 1);
        return one.look().weight() == Weight.BAND ? plane.at(last.x(), last.y()) : place(last, one, plane);
    }

    /** The names, each with its marker and a thin line from the end of its series. */
    private SvgTag names(List<EndLabel> labels, List<Series> drawn, Plane plane) {
        SvgTag group = SvgTag.group("labels");
        for (EndLabel.Placed placed : EndLabel.apart(labels, plane)) {
            EndLabel label = placed.label();
            SvgTag one = SvgTag.group(label.tone().cssClass());
            Point sample = new Point(plane.right() + 26, placed.y());
            drawn.stream()
                    .filter(series -> series.label().equals(label.text()))
                    .findFirst()
                    .ifPresent(series -> {
                        one.with(SvgTag.line("leader", end(series, plane).moved(7, 0), sample.moved(-7, 0)));
                        if (series.look().weight() != Weight.BAND) {
                            one.with(series.look().marker().at(series.look().dotClass(), sample, 4));
                        }
                    });
            group.with(one.with(SvgTag.label("end-label", sample.moved(10, 4), label.text())));
        }
        return group;
    }

    private static String path(List<Point> points) {
        StringBuilder path = new StringBuilder();
        for (Point point : points) {
            path.append(path.isEmpty() ? 'M' : 'L')
                    .append(Numbers.coordinate(point.x()))
                    .append(' ')
                    .append(Numbers.coordinate(point.y()));
        }
        return path.toString();
    }
}
