package org.demur.report.chart;

import java.util.List;

/** One dot with its interval per row, the numbers written out at the right: for a few results to be read exactly. */
public record IntervalPlot(ChartText words, Axis axis, List<Row> rows) {
    private static final double WIDTH = 920;
    private static final double LEFT = 280;
    private static final double PLOT_WIDTH = 420;
    private static final double TOP = 10;
    private static final double ROW_HEIGHT = 44;
    private static final double ROW_HEIGHT_WITHOUT_NOTES = 32;

    /**
     * A result.
     *
     * @param label the condition
     * @param note a few words under it
     * @param reading value and interval as text
     * @param low NaN when there is no interval
     */
    public record Row(String label, String note, Tone tone, double value, double low, double high, String reading) {}

    /** The chart as an element. */
    public SvgTag svg() {
        double bottom = TOP + rowHeight() * rows.size();
        SvgTag svg = SvgTag.root(words, WIDTH, bottom + 48);
        for (double value : axis.ticks()) {
            double place = x(value);
            svg.with(
                    SvgTag.line(isZeroInside(value) ? "axis" : "grid", new Point(place, TOP), new Point(place, bottom)),
                    SvgTag.label("tick middle", new Point(place, bottom + 18), axis.tickText(value)));
        }
        svg.with(SvgTag.label("axis-label middle", new Point(LEFT + PLOT_WIDTH / 2, bottom + 40), axis.label()));
        for (int i = 0; i < rows.size(); i++) {
            svg.with(row(rows.get(i), TOP + rowHeight() * (i + 0.5)));
        }
        return svg;
    }

    private SvgTag row(Row row, double y) {
        SvgTag group = SvgTag.group(row.tone().cssClass());
        group.with(
                SvgTag.label("row-label end", new Point(LEFT - 24, row.note().isEmpty() ? y + 5 : y - 2), row.label()),
                SvgTag.label("row-note end", new Point(LEFT - 24, y + 14), row.note()));
        if (Double.isFinite(row.low()) && Double.isFinite(row.high())) {
            group.with(SvgTag.line("interval", new Point(x(row.low()), y), new Point(x(row.high()), y)));
        }
        if (Double.isFinite(row.value())) {
            group.with(SvgTag.circle("dot big", new Point(x(row.value()), y), 6.5)
                    .tooltip(row.label() + ": " + row.reading()));
        }
        return group.with(SvgTag.label("row-value", new Point(LEFT + PLOT_WIDTH + 24, y + 5), row.reading()));
    }

    private double rowHeight() {
        return rows.stream().allMatch(row -> row.note().isEmpty()) ? ROW_HEIGHT_WITHOUT_NOTES : ROW_HEIGHT;
    }

    /** Whether the tick is a zero with values on either side, such as no change. */
    private boolean isZeroInside(double value) {
        return Math.abs(value) < 1e-12 && axis.low() < 0;
    }

    private double x(double value) {
        return axis.at(value, LEFT, LEFT + PLOT_WIDTH);
    }
}
