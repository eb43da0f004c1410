package org.demur.report;

import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import org.demur.report.chart.Axis;
import org.demur.report.chart.ChartText;
import org.demur.report.chart.IntervalPlot;
import org.demur.report.chart.Numbers;
import org.demur.report.chart.SvgTag;

/** What the interventions cost: benchmarks, and prediction of fixed documents, each against the untouched model. */
record CapabilitySection() implements Section {

    @Override
    public String id() {
        return "capability";
    }

    @Override
    public String title() {
        return "What the interventions cost";
    }

    @Override
    public List<Query> queries() {
        return List.of(
                new Query(
                        "capability",
                        "Change of every benchmark under each intervention, on the same items",
                        """
                        SELECT benchmark, metric, mode, intervention_id, method, feature_set, n_features, coefficient, n,
                          base_value, value, value_low, value_high, difference, difference_low, difference_high,
                          p_value, p_holm, used_for_selection
                        FROM capability
                        WHERE {capability}
                        ORDER BY metric, benchmark, mode, method <> 'none', method, feature_set LIKE 'random%',
                          feature_set, n_features, coefficient, intervention_id
                        """));
    }

    @Override
    public List<DomContent> content(Answers answers) {
        QueryResult capability = answers.of("capability");
        List<ResultRow> changes = capability.rows().stream()
                .filter(row -> !row.text("method").equals("none"))
                .toList();
        if (changes.isEmpty()) {
            return List.of(Markup.absent("Not measured: the job file names no benchmark and no documents."));
        }
        List<DomContent> content = new ArrayList<>();
        content.add(Markup.paragraph(
                "Each line compares the model under an intervention with the untouched model on the same "
                        + "items. An interval that spans 0 shows no loss beyond chance."));
        for (String metric : capability.distinct("metric")) {
            QueryResult ofMetric = capability.only("metric", metric);
            for (String benchmark : ofMetric.distinct("benchmark")) {
                List<ResultRow> rows = changes.stream()
                        .filter(row -> row.text("metric").equals(metric))
                        .filter(row -> row.text("benchmark").equals(benchmark))
                        .toList();
                if (!rows.isEmpty()) {
                    content.add(Markup.captioned(plot(rows, content.size()), caption(rows.get(0))));
                }
            }
        }
        content.add(table(capability.rows()).html());
        return content;
    }

    private static SvgTag plot(List<ResultRow> rows, int index) {
        ResultRow first = rows.get(0);
        List<IntervalPlot.Row> shown = rows.stream().map(CapabilitySection::row).toList();
        double low = Math.min(0, extreme(rows, -1));
        double high = Math.max(0, extreme(rows, 1));
        boolean isShare = isShare(first);
        Axis x = Axis.around(
                isShare
                        ? "Change in the share of right answers, 95 % interval"
                        : first.text("metric").equals("divergence")
                                ? "Divergence from the untouched model, nats per token, 95 % interval"
                                : "Change in cross-entropy, nats per token, 95 % interval",
                isShare ? Axis.Unit.PERCENT : Axis.Unit.PLAIN,
                low,
                Math.max(high, low + 1e-6));
        ChartText words = new ChartText(
                "capability-" + index,
                "Change of " + first.text("benchmark") + ", "
                        + first.text("metric").replace('_', ' '),
                "Change against the untouched model per intervention and mode, with 95 % intervals.");
        return new IntervalPlot(words, x, shown).svg();
    }

    private static double extreme(List<ResultRow> rows, int sign) {
        return sign
                * rows.stream()
                        .flatMapToDouble(row -> DoubleStream.of(
                                row.number("difference"), row.number("difference_low"), row.number("difference_high")))
                        .filter(Double::isFinite)
                        .map(value -> sign * value)
                        .max()
                        .orElse(0);
    }

    private static IntervalPlot.Row row(ResultRow row) {
        InterventionName name = new InterventionName(row);
        return new IntervalPlot.Row(
                name.label(),
                mode(row),
                name.tone(),
                row.number("difference"),
                row.number("difference_low"),
                row.number("difference_high"),
                reading(row));
    }

    private static String mode(ResultRow row) {
        return row.text("mode").replace('_', ' ');
    }

    private static String reading(ResultRow row) {
        return isShare(row)
                ? Readings.points(row, "difference", "difference_low", "difference_high")
                : Readings.number(row, "difference", 4);
    }

    private static boolean isShare(ResultRow row) {
        return row.text("metric").equals("accuracy");
    }

    private static String caption(ResultRow row) {
        String what =
                switch (row.text("metric")) {
                    case "accuracy" ->
                        "share of right answers; numbers at the right are percentage points. Left of 0 is a loss.";
                    case "divergence" ->
                        "Kullback–Leibler divergence of the next token from the untouched model. Right of 0 is a loss.";
                    default ->
                        "cross-entropy on fixed documents. Right of 0 is a loss. Corrected weighs every token alike; "
                                + "faithful is the published mean, which counts padding and has no interval.";
                };
        return row.text("benchmark") + " (n = " + Numbers.count(row.whole("n")) + "): " + what;
    }

    private static HtmlTable table(List<ResultRow> rows) {
        boolean isSelected = rows.stream().anyMatch(row -> row.flag("used_for_selection"));
        List<List<String>> cells = rows.stream()
                .map(row -> List.of(
                        row.text("benchmark") + (row.flag("used_for_selection") ? " †" : ""),
                        row.text("metric").replace('_', ' ') + ", " + mode(row),
                        new InterventionName(row).label(),
                        Numbers.count(row.whole("n")),
                        isShare(row)
                                ? Readings.share(row, "value", "value_low", "value_high")
                                : Readings.number(row, "value", 4),
                        row.text("method").equals("none") ? "" : reading(row),
                        row.has("p_value") ? Readings.probability(row.number("p_value")) : "",
                        row.has("p_holm") ? Readings.probability(row.number("p_holm")) : ""))
                .toList();
        return HtmlTable.of(
                "Values with 95 % intervals, and their change against the untouched model in percentage points or nats. p: exact "
                        + "McNemar test of right answers, or sign flips over documents; Holm: corrected over the interventions of "
                        + "a line’s benchmark and mode."
                        + (isSelected ? " †: some items served to choose features or settings." : ""),
                cells,
                "Benchmark",
                "Measure",
                "Intervention",
                "#n",
                "#Value",
                "#Change",
                "#p",
                "#Holm");
    }
}
