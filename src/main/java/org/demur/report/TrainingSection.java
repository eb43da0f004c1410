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

/** How the sparse autoencoders learned and how good they are. */
record TrainingSection() implements Section {

    @Override
    public String id() {
        return "autoencoders";
    }

    @Override
    public String title() {
        return "Sparse autoencoders";
    }

    @Override
    public List<Query> queries() {
        return List.of(
                new Query(
                        "curve",
                        "Training curve, at most 120 points per layer",
                        """
                        SELECT layer, max(tokens) AS tokens, avg(fvu) AS fvu, avg(dead_fraction) AS dead_fraction
                        FROM (SELECT *, ntile(120) OVER (PARTITION BY layer ORDER BY step) AS part
                              FROM sae_training
                              WHERE {sae_training} AND coalesce(sae, concat('layer=', layer)) = concat('layer=', layer))
                        GROUP BY layer, part
                        ORDER BY layer, tokens
                        """),
                new Query(
                        "metrics",
                        "Evaluation of each autoencoder",
                        """
                        SELECT layer, architecture, f, k, rows, held_out, fvu, l0, dead_fraction, cosine,
                          ce_tokens, ce_clean, ce_spliced, ce_mean_ablated, ce_recovered
                        FROM sae_metrics
                        WHERE {sae_metrics}
                        ORDER BY layer, held_out
                        """));
    }

    @Override
    public List<DomContent> content(Answers answers) {
        QueryResult curve = answers.of("curve");
        List<DomContent> content = new ArrayList<>();
        if (curve.rows().isEmpty()) {
            content.add(Markup.absent("No training curve was published."));
        } else {
            content.add(Markup.gallery(List.of(
                    Markup.captioned(
                            chart(curve, "fvu", "Fraction of variance unexplained"),
                            "Lower is better. A curve that is still falling at its end would gain from more tokens."),
                    Markup.captioned(
                            chart(curve, "dead_fraction", "Dead features"),
                            "Share of features that have not fired for a while; they are capacity lost."))));
        }
        content.add(metrics(answers.of("metrics")).html());
        return content;
    }

    private static SvgTag chart(QueryResult curve, String column, String label) {
        List<Line> lines = new ArrayList<>();
        for (String layer : curve.distinct("layer")) {
            int index = lines.size();
            List<Mark> marks = curve.where("layer", layer).stream()
                    .map(row -> new Mark(
                            row.number("tokens"),
                            row.number(column),
                            Double.NaN,
                            Double.NaN,
                            "layer " + layer + ", " + Numbers.count(row.whole("tokens")) + " tokens: "
                                    + Numbers.percent(row.number(column), 1)))
                    .toList();
            lines.add(new Line("layer " + layer, Tone.series(index), index < 7 ? Stroke.SOLID : Stroke.DASHED, marks));
        }
        double lastToken = curve.rows().stream()
                .mapToDouble(row -> row.number("tokens"))
                .max()
                .orElse(1);
        double highest = curve.rows().stream()
                .mapToDouble(row -> row.number(column))
                .filter(Double::isFinite)
                .max()
                .orElse(1);
        ChartText words = new ChartText(
                "training-" + column.replace('_', '-'),
                label + " during training",
                "One line per layer over training tokens.");
        return new LineChart(
                        words,
                        Axis.between("Training tokens", Axis.Unit.COUNT, 0, lastToken),
                        Axis.around(label, Axis.Unit.PERCENT, 0, Math.min(1, Math.max(highest, 0.05))),
                        lines,
                        List.of())
                .svg();
    }

    private static HtmlTable metrics(QueryResult metrics) {
        List<List<String>> rows = metrics.rows().stream()
                .map(row -> List.of(
                        Numbers.count(row.whole("layer")),
                        RunSection.autoencoder(row),
                        Numbers.count(row.whole("rows")),
                        row.flag("held_out") ? "yes" : "no",
                        Numbers.percent(row.number("fvu"), 1),
                        Numbers.fixed(row.number("l0"), 1),
                        Numbers.percent(row.number("dead_fraction"), 1),
                        Numbers.fixed(row.number("cosine"), 3),
                        Numbers.fixed(row.number("ce_clean"), 3),
                        Numbers.fixed(row.number("ce_spliced"), 3),
                        Numbers.fixed(row.number("ce_mean_ablated"), 3),
                        Numbers.percent(row.number("ce_recovered"), 1)))
                .toList();
        return HtmlTable.of(
                "FVU: fraction of variance unexplained. L0: active features per token. Cross-entropies in nats per token: of "
                        + "the model, with the reconstruction in its place, with the mean in its place; recovered is the share "
                        + "of the last gap that the reconstruction closes.",
                rows,
                "#Layer",
                "Autoencoder",
                "#Rows",
                "Held out",
                "#FVU",
                "#L0",
                "#Dead",
                "#Cosine",
                "#Clean",
                "#Spliced",
                "#Mean",
                "#Recovered");
    }
}
