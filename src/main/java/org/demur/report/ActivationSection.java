package org.demur.report;

import j2html.tags.DomContent;
import java.util.List;
import org.demur.report.chart.Axis;
import org.demur.report.chart.ChartText;
import org.demur.report.chart.LineChart;
import org.demur.report.chart.LineChart.Line;
import org.demur.report.chart.LineChart.Mark;
import org.demur.report.chart.LineChart.Stroke;
import org.demur.report.chart.Numbers;
import org.demur.report.chart.SvgTag;
import org.demur.report.chart.Tone;

/** Norms of the extracted activations: the scale the autoencoders see, and its outliers. */
record ActivationSection() implements Section {

    @Override
    public String id() {
        return "activations";
    }

    @Override
    public String title() {
        return "Activations";
    }

    @Override
    public List<Query> queries() {
        return List.of(
                new Query(
                        "norms",
                        "Norms of the stored activations by layer",
                        """
                SELECT layer, hook, n, norm_mean, norm_p01, norm_p50, norm_p99, norm_max, outliers
                FROM activation_stats
                WHERE {activation_stats} AND token_class = 'all'
                ORDER BY layer, hook
                """));
    }

    @Override
    public List<DomContent> content(Answers answers) {
        List<ResultRow> rows = answers.of("norms").rows();
        return rows.isEmpty()
                ? List.of(Markup.absent("No activation was extracted."))
                : List.of(
                        Markup.captioned(
                                chart(rows),
                                "Median Euclidean norm of the residual stream; the band spans the 1st to the 99th "
                                        + "percentile."),
                        table(rows).html());
    }

    private static SvgTag chart(List<ResultRow> rows) {
        List<Mark> marks = rows.stream()
                .map(row -> new Mark(
                        row.number("layer"),
                        row.number("norm_p50"),
                        row.number("norm_p01"),
                        row.number("norm_p99"),
                        "layer " + row.text("layer") + ": median " + Numbers.significant(row.number("norm_p50"))))
                .toList();
        int first = (int) rows.get(0).whole("layer");
        int last = (int) rows.get(rows.size() - 1).whole("layer");
        double highest = marks.stream().mapToDouble(Mark::high).max().orElse(1);
        ChartText words = new ChartText(
                "activations-norms",
                "Activation norms by layer",
                "Median with 1st to 99th percentile, one point per layer.");
        return new LineChart(
                        words,
                        Axis.wholeNumbers("Layer", first, last),
                        Axis.around("Euclidean norm", Axis.Unit.PLAIN, 0, highest),
                        List.of(new Line("median", Tone.DIRECTION, Stroke.SOLID, marks)),
                        List.of())
                .svg();
    }

    private static HtmlTable table(List<ResultRow> rows) {
        List<List<String>> cells = rows.stream()
                .map(row -> List.of(
                        Numbers.count(row.whole("layer")),
                        row.text("hook"),
                        Numbers.count(row.whole("n")),
                        Numbers.significant(row.number("norm_mean")),
                        Numbers.significant(row.number("norm_p50")),
                        Numbers.significant(row.number("norm_p99")),
                        Numbers.significant(row.number("norm_max")),
                        Numbers.count(row.whole("outliers"))))
                .toList();
        return HtmlTable.of(
                "Outliers are longer than ten times the median norm of their layer.",
                cells,
                "#Layer",
                "Hook",
                "#Vectors",
                "#Mean",
                "#Median",
                "#99 %",
                "#Largest",
                "#Outliers");
    }
}
