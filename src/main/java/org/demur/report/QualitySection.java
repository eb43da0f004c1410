package org.demur.report;

import j2html.tags.DomContent;
import java.util.ArrayList;
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

/** What the features of the autoencoders are like, on rows and prompts held out. */
record QualitySection() implements Section {

    @Override
    public String id() {
        return "quality";
    }

    @Override
    public String title() {
        return "Features of the autoencoders";
    }

    @Override
    public List<Query> queries() {
        List<Query> queries = new ArrayList<>(
                List.of(
                        new Query(
                                "quality",
                                "Reconstruction, activity and directions on held-out rows",
                                """
                        SELECT layer, rows, explained_variance, relative_bias, l0_p05, l0_p50, l0_p95, dead_fraction,
                          above_1_percent, above_10_percent, max_decoder_cosine_median, ce_recovered_zero, kl_spliced,
                          kl_recovered
                        FROM sae_metrics
                        WHERE {sae_metrics} AND held_out AND explained_variance IS NOT NULL
                        ORDER BY layer
                        """),
                        new Query(
                                "density",
                                "Features by the share of rows they are active on, silent ones apart",
                                """
                        SELECT layer, (bin_low + bin_high) / 2 AS log10_density, count
                        FROM sae_distributions
                        WHERE {sae_distributions} AND quantity = 'log10_density' AND bin_low IS NOT NULL
                        ORDER BY layer, log10_density
                        """)));
        queries.addAll(probeQueries());
        return queries;
    }

    private static List<Query> probeQueries() {
        return List.of(
                new Query(
                        "probes",
                        "Test accuracy of probes that tell harmful from harmless prompts",
                        """
                        SELECT layer, representation, size, n, value, low, high, control_value
                        FROM sae_probes
                        WHERE {sae_probes} AND metric = 'probe_accuracy' AND concept = 'harmful'
                          AND representation IN ('features', 'residual')
                        ORDER BY representation, size, layer
                        """),
                new Query(
                        "drops",
                        "Accuracy that the probe of the residual loses without the features of its concept",
                        """
                        SELECT layer, size, n, before, value, low, high, control_value, control_low, control_high
                        FROM sae_probes
                        WHERE {sae_probes} AND metric = 'probe_drop' AND concept = 'harmful'
                        ORDER BY layer, size
                        """));
    }

    @Override
    public List<DomContent> content(Answers answers) {
        List<ResultRow> quality = answers.of("quality").rows();
        if (quality.isEmpty()) {
            return List.of(Markup.absent("The features of the autoencoders were not measured."));
        }
        List<DomContent> charts = new ArrayList<>();
        charts.add(Markup.captioned(
                densities(answers.of("density")),
                "Features far to the right are active on so many tokens that they hardly mean one thing."));
        List<DomContent> content = new ArrayList<>();
        if (!answers.of("probes").rows().isEmpty()) {
            charts.add(Markup.captioned(
                    accuracies(answers.of("probes")),
                    "Probes read the means of a prompt's tokens. With shuffled labels nothing can be told."));
        }
        content.add(Markup.gallery(charts));
        content.add(table(quality).html());
        if (!answers.of("drops").rows().isEmpty()) {
            content.add(drops(answers.of("drops").rows()).html());
        }
        return content;
    }

    private static SvgTag densities(QueryResult density) {
        List<Line> lines = new ArrayList<>();
        for (String layer : density.distinct("layer")) {
            List<Mark> marks = density.where("layer", layer).stream()
                    .map(row -> mark(
                            row.number("log10_density"),
                            row.number("count"),
                            "layer " + layer + ": " + Numbers.count(row.whole("count")) + " features"))
                    .toList();
            lines.add(line("layer " + layer, lines.size(), marks));
        }
        ChartText words = new ChartText(
                "quality-density",
                "Features by density",
                "One line per layer: number of features over the logarithm of the share of rows they are active on.");
        double sparsest = density.rows().stream()
                .mapToDouble(row -> row.number("log10_density"))
                .min()
                .orElse(-1);
        double most = density.rows().stream()
                .mapToDouble(row -> row.number("count"))
                .max()
                .orElse(1);
        return new LineChart(
                        words,
                        Axis.around("log10 of the share of rows", Axis.Unit.PLAIN, sparsest, 0),
                        Axis.around("Features", Axis.Unit.COUNT, 0, most),
                        lines,
                        List.of())
                .svg();
    }

    private static SvgTag accuracies(QueryResult probes) {
        List<Line> lines = new ArrayList<>();
        QueryResult sparse = probes.only("representation", "features");
        for (String size : sparse.distinct("size")) {
            lines.add(line(
                    size.equals("1") ? "1 feature" : size + " features",
                    lines.size(),
                    accuracy(sparse.where("size", size), "value")));
        }
        List<ResultRow> whole = probes.where("representation", "residual");
        lines.add(new Line("whole residual", Tone.BASE, Stroke.SOLID, accuracy(whole, "value")));
        lines.add(new Line("shuffled labels", Tone.BASE, Stroke.DASHED, accuracy(whole, "control_value")));
        List<ResultRow> rows = probes.rows();
        int first =
                (int) rows.stream().mapToLong(row -> row.whole("layer")).min().orElse(0);
        int last =
                (int) rows.stream().mapToLong(row -> row.whole("layer")).max().orElse(1);
        ChartText words = new ChartText(
                "quality-probes",
                "Harmful or harmless, told from features",
                "Test accuracy over layers of probes of few features, of the whole residual, and of shuffled labels.");
        return new LineChart(words, Axis.wholeNumbers("Layer", first, last), Axis.rates("Accuracy"), lines, List.of())
                .svg();
    }

    private static List<Mark> accuracy(List<ResultRow> rows, String column) {
        return rows.stream()
                .map(row -> mark(
                        row.number("layer"),
                        row.number(column),
                        "layer " + row.text("layer") + ": " + Numbers.percent(row.number(column), 1) + " of "
                                + Numbers.count(row.whole("n"))))
                .toList();
    }

    private static Mark mark(double x, double y, String tooltip) {
        return new Mark(x, y, Double.NaN, Double.NaN, tooltip);
    }

    private static Line line(String label, int index, List<Mark> marks) {
        return new Line(label, Tone.series(index), index < 7 ? Stroke.SOLID : Stroke.DASHED, marks);
    }

    private static HtmlTable table(List<ResultRow> quality) {
        List<List<String>> rows = quality.stream()
                .map(row -> List.of(
                        Numbers.count(row.whole("layer")),
                        Numbers.count(row.whole("rows")),
                        Numbers.percent(row.number("explained_variance"), 1),
                        Numbers.fixed(row.number("relative_bias"), 3),
                        row.text("l0_p05") + " / " + row.text("l0_p50") + " / " + row.text("l0_p95"),
                        Numbers.percent(row.number("dead_fraction"), 1),
                        Numbers.percent(row.number("above_1_percent"), 1),
                        Numbers.percent(row.number("above_10_percent"), 1),
                        Numbers.fixed(row.number("max_decoder_cosine_median"), 2),
                        Numbers.percent(row.number("ce_recovered_zero"), 1),
                        Numbers.significant(row.number("kl_spliced")),
                        Numbers.percent(row.number("kl_recovered"), 1)))
                .toList();
        return HtmlTable.of(
                "On held-out rows. Bias: 1 without shrinkage. L0: percentiles 5, 50 and 95 over rows. Silent, and active on more "
                        + "than 1 or 10 % of the rows: shares of features. Cosine: median over features of the largest with another "
                        + "decoder row. Recovered: of what zeros in place of the residual cost.",
                rows,
                "#Layer",
                "#Rows",
                "#Explained",
                "#Bias",
                "#L0",
                "#Silent",
                "#> 1 %",
                "#> 10 %",
                "#Cosine",
                "#Loss recovered",
                "#KL",
                "#KL recovered");
    }

    private static HtmlTable drops(List<ResultRow> drops) {
        List<List<String>> rows = drops.stream()
                .map(row -> List.of(
                        Numbers.count(row.whole("layer")),
                        Numbers.count(row.whole("size")),
                        Numbers.count(row.whole("n")),
                        Numbers.percent(row.number("before"), 1),
                        interval(row, "value", "low", "high"),
                        interval(row, "control_value", "control_low", "control_high")))
                .toList();
        return HtmlTable.of(
                "Points of accuracy that the probe of harmful prompts loses when the features with the largest effect on it, or "
                        + "random ones, are taken out of the residual; 95 % intervals over prompts.",
                rows, "#Layer", "#Features", "#Prompts", "#Before", "#Lost", "#Lost, random");
    }

    private static String interval(ResultRow row, String value, String low, String high) {
        return Numbers.percent(row.number(value), 1) + " [" + Numbers.fixed(100 * row.number(low), 1) + ", "
                + Numbers.fixed(100 * row.number(high), 1) + "]";
    }
}
