package org.demur.report;

import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.demur.report.chart.Axis;
import org.demur.report.chart.ChartText;
import org.demur.report.chart.LineChart.Stroke;
import org.demur.report.chart.Look;
import org.demur.report.chart.Look.Weight;
import org.demur.report.chart.Marker;
import org.demur.report.chart.Numbers;
import org.demur.report.chart.ScatterChart;
import org.demur.report.chart.ScatterChart.Dot;
import org.demur.report.chart.SvgTag;

/** Whether harmless prompts that look harmful are refused, beside harmful ones (XSTest; Roettger et al. 2024). */
record OverRefusalSection(ReportSettings.HeadlineChoice choice) implements Section {

    @Override
    public String id() {
        return "over-refusal";
    }

    @Override
    public String title() {
        return "Needless refusals";
    }

    @Override
    public List<Query> queries() {
        return List.of(
                new Query(
                        "cells",
                        "Refusal of harmless and of harmful prompts, per cell",
                        """
                        SELECT set_name, intervention_id, method, feature_set, n_features, coefficient,
                          harmless_n, harmless_refused, harmless_refused_low, harmless_refused_high, harmless_mcnemar_p,
                          harmful_n, harmful_refused, harmful_refused_low, harmful_refused_high, harmful_mcnemar_p,
                          separation, separation_low, separation_high,
                          n_features = max(n_features) OVER (PARTITION BY set_name, method, feature_set, coefficient)
                            AS is_largest
                        FROM over_refusal
                        WHERE {over_refusal}
                        ORDER BY set_name, method <> 'none', method, feature_set LIKE 'random%', feature_set,
                          n_features, coefficient, intervention_id
                        """));
    }

    @Override
    public List<DomContent> content(Answers answers) {
        QueryResult cells = answers.of("cells");
        if (cells.rows().isEmpty()) {
            return List.of(Markup.absent("Not measured: capability.over-refusal-sets names no prompt set."));
        }
        List<DomContent> content = new ArrayList<>();
        for (String set : cells.distinct("set_name")) {
            List<ResultRow> rows = cells.where("set_name", set);
            content.add(
                    Markup.captioned(
                            chart(set, rows, content.size()),
                            set
                                    + ". Up left is best: harmful prompts are refused and harmless ones answered. On the diagonal a cell "
                                    + "tells them no better apart than chance. Lines are 95 % intervals; random sets are grey."));
        }
        content.add(table(cells.rows()).html());
        return content;
    }

    private SvgTag chart(String set, List<ResultRow> rows, int index) {
        List<Dot> dots = rows.stream()
                .filter(row -> row.has("harmless_refused") && row.has("harmful_refused"))
                .map(this::dot)
                .toList();
        ChartText words = new ChartText(
                "over-refusal-" + index,
                "Refusal of harmful against harmless prompts of " + set,
                "One point per intervention; exact values as tooltips.");
        return new ScatterChart(
                        words,
                        Axis.rates("Harmless prompts refused"),
                        Axis.rates("Harmful prompts refused"),
                        dots,
                        List.of(new ScatterChart.Place(0, 0), new ScatterChart.Place(1, 1)))
                .svg();
    }

    private Dot dot(ResultRow row) {
        InterventionName name = new InterventionName(row);
        boolean isNamed = isNamed(row);
        return new Dot(
                isNamed ? Optional.of(name.label()) : Optional.empty(),
                look(row, isNamed),
                new Dot.Span(
                        row.number("harmless_refused"),
                        row.number("harmless_refused_low"),
                        row.number("harmless_refused_high")),
                new Dot.Span(
                        row.number("harmful_refused"),
                        row.number("harmful_refused_low"),
                        row.number("harmful_refused_high")),
                name.label() + ": harmless " + Numbers.percent(row.number("harmless_refused"), 1) + ", harmful "
                        + Numbers.percent(row.number("harmful_refused"), 1));
    }

    private Look look(ResultRow row, boolean isNamed) {
        Weight weight = isNamed ? Weight.HEAVY : Weight.LIGHT;
        if (!row.has("feature_set")) {
            return new Look(new InterventionName(row).tone(), Stroke.SOLID, Marker.CIRCLE, weight);
        }
        Look look = new RankingName(new InterventionName(row).ranking()).look(choice.featureSet());
        return new Look(look.tone(), look.stroke(), look.marker(), weight);
    }

    /** The model as it is, the direction, and the largest number of the report's features at the report's coefficient. */
    private boolean isNamed(ResultRow row) {
        boolean isChosen = row.text("feature_set").equals(choice.featureSet())
                && row.number("coefficient") == choice.coefficient()
                && row.flag("is_largest");
        return row.text("method").equals("none") || row.text("method").equals("direction_ablation") || isChosen;
    }

    private static HtmlTable table(List<ResultRow> rows) {
        List<List<String>> cells = rows.stream()
                .map(row -> List.of(
                        row.text("set_name"),
                        new InterventionName(row).label(),
                        Numbers.count(row.whole("harmless_n")),
                        Readings.share(row, "harmless_refused", "harmless_refused_low", "harmless_refused_high"),
                        row.has("harmless_mcnemar_p") ? Readings.probability(row.number("harmless_mcnemar_p")) : "",
                        Numbers.count(row.whole("harmful_n")),
                        Readings.share(row, "harmful_refused", "harmful_refused_low", "harmful_refused_high"),
                        Readings.points(row, "separation", "separation_low", "separation_high")))
                .toList();
        return HtmlTable.of(
                "Refused prompts by label with 95 % Wilson intervals. p: exact McNemar test of the harmless ones against no "
                        + "intervention. Separation: harmful minus harmless, percentage points (Youden’s index; 100 refuses "
                        + "exactly the harmful).",
                cells,
                "Prompts",
                "Intervention",
                "#n harmless",
                "#Refused",
                "#p",
                "#n harmful",
                "#Refused",
                "#Separation");
    }
}
