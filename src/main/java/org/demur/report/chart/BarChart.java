package org.demur.report.chart;

import java.util.List;

/** Upright bars from zero, one per category, with their values on top and whiskers where an interval is known. */
public record BarChart(ChartText words, String categoryLabel, Axis y, List<Bar> bars) {
    private static final double WIDTH = 560;
    private static final double HEIGHT = 300;
    private static final double LEFT = 60;
    private static final double TOP = 36;
    private static final double WIDEST_BAR = 52;

    /** A category; {@code low} and {@code high} are NaN when there is no interval. */
    public record Bar(String name, Tone tone, double value, double low, double high, String tooltip) {}

    /** The chart as an element. */
    public SvgTag svg() {
        Axis x = new Axis(
                categoryLabel, 0, Math.max(1, bars.size()), new Axis.Every(bars.size() + 1.0), Axis.Unit.PLAIN);
        Plane plane = new Plane(x, y, LEFT, TOP, WIDTH - LEFT - 20, HEIGHT - TOP - 52);
        SvgTag svg = SvgTag.root(words, WIDTH, HEIGHT).with(frame(plane));
        double barWidth = Math.min(WIDEST_BAR, 0.7 * plane.width() / Math.max(1, bars.size()));
        for (int i = 0; i < bars.size(); i++) {
            svg.with(bar(bars.get(i), i, barWidth, plane));
        }
        return svg;
    }

    private SvgTag frame(Plane plane) {
        SvgTag frame = SvgTag.group("frame");
        for (double value : y.ticks()) {
            double height = plane.at(0, value).y();
            frame.with(
                    SvgTag.line(
                            value == 0 ? "axis" : "grid", new Point(LEFT, height), new Point(plane.right(), height)),
                    SvgTag.label("tick end", new Point(LEFT - 8, height + 4), y.tickText(value)));
        }
        Point below = new Point(LEFT + plane.width() / 2, plane.bottom() + 40);
        return frame.with(
                SvgTag.label("axis-label", new Point(0, TOP - 16), y.label()),
                SvgTag.label("axis-label middle", below, categoryLabel));
    }

    private SvgTag bar(Bar bar, int index, double width, Plane plane) {
        double middle = plane.at(index + 0.5, 0).x();
        double zero = plane.at(0, 0).y();
        double end = plane.at(0, bar.value()).y();
        SvgTag group = SvgTag.group(bar.tone().cssClass());
        group.with(
                SvgTag.rectangle("bar", new Point(middle - width / 2, Math.min(zero, end)), width, Math.abs(zero - end))
                        .tooltip(bar.tooltip()));
        if (Double.isFinite(bar.low()) && Double.isFinite(bar.high())) {
            group.with(SvgTag.line(
                    "whisker",
                    new Point(middle, plane.at(0, bar.low()).y()),
                    new Point(middle, plane.at(0, bar.high()).y())));
        }
        double valueHeight = bar.value() < 0 ? end + 14 : end - 6;
        return group.with(
                SvgTag.label("bar-value middle", new Point(middle, valueHeight), Numbers.significant(bar.value())),
                SvgTag.label("tick middle", new Point(middle, plane.bottom() + 18), bar.name()));
    }
}
