package org.demur.report.chart;

/** The rectangle between two axes: turns values into places and draws grid, ticks and axis labels. */
record Plane(Axis x, Axis y, double left, double top, double width, double height) {
    private static final double TICK_GAP = 18;
    private static final double LABEL_GAP = 40;

    double right() {
        return left + width;
    }

    double bottom() {
        return top + height;
    }

    Point at(double xValue, double yValue) {
        return new Point(x.at(xValue, left, right()), y.at(yValue, bottom(), top));
    }

    /** Horizontal grid lines with their values, the x axis, and both labels; the y label stands level above the axis. */
    SvgTag frame() {
        SvgTag frame = SvgTag.group("frame");
        for (double value : y.ticks()) {
            double height = at(x.low(), value).y();
            frame.with(
                    SvgTag.line("grid", new Point(left, height), new Point(right(), height)),
                    SvgTag.label("tick end", new Point(left - 8, height + 4), y.tickText(value)));
        }
        for (double value : x.ticks()) {
            double place = at(value, y.low()).x();
            frame.with(
                    SvgTag.line("axis", new Point(place, bottom()), new Point(place, bottom() + 4)),
                    SvgTag.label("tick middle", new Point(place, bottom() + TICK_GAP), x.tickText(value)));
        }
        return frame.with(
                SvgTag.line("axis", new Point(left, bottom()), new Point(right(), bottom())),
                SvgTag.label("axis-label", new Point(0, top - 16), y.label()),
                SvgTag.label("axis-label middle", new Point(left + width / 2, bottom() + LABEL_GAP), x.label()));
    }
}
