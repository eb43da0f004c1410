package org.demur.report.chart;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A value for every (row, column) as colour, with the scale beside it.
 *
 * @param values one array per row, NaN where nothing was measured
 * @param legend quantity and which end is better
 * @param marked the cell to point out
 */
public record HeatMap(ChartText words, Names names, double[][] values, String legend, Optional<MarkedCell> marked) {
    private static final double LEFT = 150;
    private static final double TOP = 46;
    private static final double ROW_HEIGHT = 26;
    private static final double PLOT_WIDTH = 720;
    private static final double WIDEST_CELL = 56;
    /** Narrower cells have no room for their number. */
    private static final double NARROWEST_WITH_NUMBER = 44;

    private static final int LEGEND_STEPS = 40;
    private static final double LEGEND_WIDTH = 160;

    /** What stands at the axes. */
    public record Names(String columnLabel, List<String> columns, List<String> rows) {}

    /** A cell to ring, with the word to put beside the legend. */
    public record MarkedCell(int row, int column, String word) {}

    /** The chart as an element. */
    public SvgTag svg() {
        double cellWidth = Math.min(WIDEST_CELL, PLOT_WIDTH / names.columns().size());
        double height = TOP + ROW_HEIGHT * names.rows().size() + 44;
        SvgTag svg = SvgTag.root(words, LEFT + PLOT_WIDTH + 8, height);
        double[] span = span();
        svg.with(scale(span));
        for (int row = 0; row < values.length; row++) {
            Point name = new Point(LEFT - 10, TOP + ROW_HEIGHT * (row + 0.5) + 4);
            svg.with(SvgTag.label("tick end", name, names.rows().get(row)));
            for (int column = 0; column < values[row].length; column++) {
                svg.with(cell(row, column, cellWidth, span));
                if (cellWidth >= NARROWEST_WITH_NUMBER && Double.isFinite(values[row][column])) {
                    svg.with(number(row, column, cellWidth, span));
                }
            }
        }
        marked.ifPresent(cell -> svg.with(
                SvgTag.rectangle("ring", corner(cell.row(), cell.column(), cellWidth), cellWidth, ROW_HEIGHT)));
        return svg.with(columnNames(cellWidth));
    }

    private SvgTag cell(int row, int column, double cellWidth, double[] span) {
        double value = values[row][column];
        Point corner = corner(row, column, cellWidth);
        String classes = Double.isFinite(value) ? "cell" : "empty";
        SvgTag cell = SvgTag.rectangle(classes, corner, cellWidth - 1, ROW_HEIGHT - 1)
                .tooltip(names.rows().get(row) + ", " + names.columnLabel().toLowerCase(java.util.Locale.ROOT) + " "
                        + names.columns().get(column) + ": " + Numbers.significant(value));
        return Double.isFinite(value) ? cell.attr("fill", ColourRamp.at(share(value, span))) : cell;
    }

    private SvgTag number(int row, int column, double cellWidth, double[] span) {
        double value = values[row][column];
        Point middle = corner(row, column, cellWidth).moved(cellWidth / 2, ROW_HEIGHT / 2 + 4);
        String text = value == Math.rint(value) ? Numbers.fixed(value, 0) : Numbers.fixed(value, 2);
        String classes = share(value, span) < 0.55 ? "on-dark middle" : "on-bright middle";
        return SvgTag.label(classes, middle, text);
    }

    private SvgTag columnNames(double cellWidth) {
        SvgTag group = SvgTag.group("frame");
        double y = TOP + ROW_HEIGHT * names.rows().size();
        int every = (int) Math.ceil(24 / cellWidth);
        for (int column = 0; column < names.columns().size(); column += every) {
            Point place = new Point(LEFT + cellWidth * (column + 0.5), y + 16);
            group.with(SvgTag.label("tick middle", place, names.columns().get(column)));
        }
        double middle = LEFT + cellWidth * names.columns().size() / 2;
        return group.with(SvgTag.label("axis-label middle", new Point(middle, y + 36), names.columnLabel()));
    }

    private SvgTag scale(double[] span) {
        SvgTag group = SvgTag.group("scale");
        double step = LEGEND_WIDTH / LEGEND_STEPS;
        for (int i = 0; i < LEGEND_STEPS; i++) {
            group.with(SvgTag.rectangle("step", new Point(LEFT + 64 + i * step, 8), step + 0.5, 10)
                    .attr("fill", ColourRamp.at((i + 0.5) / LEGEND_STEPS)));
        }
        Point low = new Point(LEFT + 56, 17);
        Point high = new Point(LEFT + 72 + LEGEND_WIDTH, 17);
        group.with(
                SvgTag.label("tick end", low, Numbers.significant(span[0])),
                SvgTag.label("tick", high, Numbers.significant(span[1])),
                SvgTag.label("axis-label", new Point(high.x() + 64, 17), legend));
        marked.ifPresent(cell -> group.with(
                SvgTag.rectangle("ring", new Point(2, 7), 16, 12),
                SvgTag.label("tick", new Point(24, 17), cell.word())));
        return group;
    }

    private Point corner(int row, int column, double cellWidth) {
        return new Point(LEFT + cellWidth * column, TOP + ROW_HEIGHT * row);
    }

    private double[] span() {
        double[] finite = Arrays.stream(values)
                .flatMapToDouble(Arrays::stream)
                .filter(Double::isFinite)
                .toArray();
        return new double[] {
            Arrays.stream(finite).min().orElse(0), Arrays.stream(finite).max().orElse(1)
        };
    }

    private static double share(double value, double[] span) {
        return span[1] > span[0] ? (value - span[0]) / (span[1] - span[0]) : 0.5;
    }
}
