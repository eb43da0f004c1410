package org.demur.report;

import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
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

/** How coefficients and set sizes were chosen: effect against cost on prompts of their own. */
record TuningSection(ReportSettings.HeadlineChoice choice) implements Section {
    private static final int MOST_PLOTS = 4;

    @Override
    public String id() {
        return "tuning";
    }

    @Override
    public String title() {
        return "Choice of coefficient and set size";
    }

    @Override
    public List<Query> queries() {
        return List.of(new Query(
                "trials",
                "Effect and cost of every coefficient and set size tried on the tuning prompts",
                """
                        SELECT target, label, array_join(set_names, ', ') AS sets, method, feature_set, n_features,
                          coefficient, n, effect, effect_low, effect_high, ce_tokens, ce_change, ce_change_low,
                          ce_change_high, on_front, chosen, reason
                        FROM tuning
                        WHERE {tuning}
                        ORDER BY label, target LIKE '%%/%1$s' DESC, target LIKE '%%/%1$s/%%' DESC, target,
                          ce_change, effect
                        """
                        .formatted(choice.featureSet())));
    }

    @Override
    public List<DomContent> content(Answers answers) {
        QueryResult trials = answers.of("trials");
        if (trials.rows().isEmpty()) {
            return List.of(Markup.absent("Not measured: coefficients and set sizes are those of the job file."));
        }
        List<DomContent> figures = new ArrayList<>();
        for (String label : trials.distinct("label")) {
            QueryResult ofLabel = trials.only("label", label);
            ofLabel.distinct("target").stream()
                    .filter(target -> ofLabel.where("target", target).size() > 1)
                    .limit(MOST_PLOTS)
                    .forEach(target -> figures.add(figure(ofLabel.where("target", target), figures.size())));
        }
        List<DomContent> content = new ArrayList<>();
        content.add(Markup.paragraph(
                "Chosen on prompts of the sets " + trials.rows().get(0).text("sets")
                        + ", which the sweep does not evaluate on unless the job file allows it."));
        content.addAll(figures);
        content.add(chosen(trials.rows()).html());
        return content;
    }

    private static DomContent figure(List<ResultRow> rows, int index) {
        ResultRow first = rows.get(0);
        String effect = effect(first);
        double[] changes = rows.stream()
                .flatMapToDouble(row -> DoubleStream.of(
                        row.number("ce_change"), row.number("ce_change_low"), row.number("ce_change_high")))
                .filter(Double::isFinite)
                .toArray();
        double low = Math.min(0, DoubleStream.of(changes).min().orElse(0));
        double high = Math.max(low + 1e-3, DoubleStream.of(changes).max().orElse(1));
        List<ScatterChart.Place> front = rows.stream()
                .filter(row -> row.flag("on_front"))
                .sorted(Comparator.comparingDouble(row -> row.number("ce_change")))
                .map(row -> new ScatterChart.Place(row.number("ce_change"), row.number("effect")))
                .toList();
        ChartText words = new ChartText(
                "tuning-" + index,
                effect + " against change in cross-entropy, " + first.text("target"),
                "One point per coefficient and set size; the line joins those that no other beats in both.");
        SvgTag chart = new ScatterChart(
                        words,
                        Axis.around(
                                "Change in cross-entropy on harmless text, nats per token", Axis.Unit.PLAIN, low, high),
                        Axis.rates(effect),
                        rows.stream().map(TuningSection::dot).toList(),
                        front)
                .svg();
        return Markup.captioned(
                chart,
                first.text("target") + ", n = " + Numbers.count(first.whole("n"))
                        + ". Up left is best: much effect at little cost. The dashed line joins the front, filled points lie on "
                        + "it; the large one was chosen.");
    }

    private static String effect(ResultRow row) {
        return row.text("label").equals("harmless") ? "Answered prompts now refused" : "Refused prompts now answered";
    }

    private static Dot dot(ResultRow row) {
        boolean isChosen = row.flag("chosen");
        InterventionName name = new InterventionName(row);
        return new Dot(
                isChosen ? Optional.of(name.label()) : Optional.empty(),
                new Look(
                        name.tone(),
                        row.flag("on_front") ? Stroke.SOLID : Stroke.DASHED,
                        Marker.CIRCLE,
                        isChosen ? Weight.HEAVY : Weight.LIGHT),
                new Dot.Span(row.number("ce_change"), row.number("ce_change_low"), row.number("ce_change_high")),
                new Dot.Span(row.number("effect"), row.number("effect_low"), row.number("effect_high")),
                name.label() + ": " + Readings.share(row, "effect", "effect_low", "effect_high") + " at "
                        + Readings.number(row, "ce_change", 3) + " nats");
    }

    private static HtmlTable chosen(List<ResultRow> rows) {
        List<List<String>> cells = rows.stream()
                .filter(row -> row.flag("chosen"))
                .map(row -> List.of(
                        row.text("target"),
                        row.text("label"),
                        new InterventionName(row).label(),
                        Numbers.count(row.whole("n")),
                        Readings.share(row, "effect", "effect_low", "effect_high"),
                        Readings.number(row, "ce_change", 3),
                        row.text("reason")))
                .toList();
        return HtmlTable.of(
                "What was chosen for each target. Effect: of harmful prompts that the untouched model refuses, the share answered; "
                        + "of harmless ones that it answers, the share refused. Cost: change in cross-entropy, nats per token.",
                cells,
                "Target",
                "Prompts",
                "Chosen",
                "#n",
                "#Effect",
                "#Cost",
                "Why");
    }
}
