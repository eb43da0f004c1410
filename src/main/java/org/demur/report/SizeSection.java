package org.demur.report;

import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.demur.report.chart.Axis;
import org.demur.report.chart.ChartText;
import org.demur.report.chart.LineChart;
import org.demur.report.chart.LineChart.Line;
import org.demur.report.chart.LineChart.Mark;
import org.demur.report.chart.LineChart.Reference;
import org.demur.report.chart.LineChart.Stroke;
import org.demur.report.chart.Numbers;
import org.demur.report.chart.SvgTag;
import org.demur.report.chart.Tone;

/**
 * How many of the attributed features it takes.
 *
 * @param coefficient factor on the features at which their number is varied
 */
record SizeSection(double coefficient) implements Section {

    @Override
    public String id() {
        return "size";
    }

    @Override
    public String title() {
        return "Refusal against the number of features";
    }

    @Override
    public List<Query> queries() {
        return List.of(new Query(
                "sizes",
                "Refusal by number of features; random sets as mean and extremes",
                String.format(
                        Locale.ROOT,
                        """
                        SELECT set_name, if(feature_set LIKE 'random%%', 'random', feature_set) AS features, n_features,
                          avg(refusal_prefix) AS refusal_prefix,
                          min(refusal_prefix_low) AS refusal_prefix_low, max(refusal_prefix_high) AS refusal_prefix_high
                        FROM sweep_summary
                        WHERE {sweep_summary}
                          AND (method = 'none' OR method = 'feature_scale' AND coefficient = %s)
                        GROUP BY set_name, label, features, n_features
                        ORDER BY label = 'harmful' DESC, set_name, features, n_features
                        """,
                        coefficient)));
    }

    @Override
    public List<DomContent> content(Answers answers) {
        QueryResult sizes = answers.of("sizes");
        List<DomContent> charts = new ArrayList<>();
        for (String set : sizes.distinct("set_name")) {
            List<ResultRow> rows = sizes.where("set_name", set);
            if (isVaried(rows)) {
                charts.add(Markup.captioned(
                        chart(set, rows, charts.size()),
                        set + ", features × " + Numbers.plain(coefficient)
                                + ". A steep start means that few features carry most of refusal."));
            }
        }
        return charts.isEmpty()
                ? List.of(Markup.absent("The sweep tried one number of features only."))
                : List.of(Markup.gallery(charts));
    }

    private static boolean isVaried(List<ResultRow> rows) {
        return rows.stream()
                        .filter(row -> row.whole("n_features") > 0)
                        .mapToLong(row -> row.whole("n_features"))
                        .distinct()
                        .count()
                > 1;
    }

    private static SvgTag chart(String set, List<ResultRow> rows, int index) {
        List<Line> lines = new ArrayList<>();
        List<Reference> levels = new ArrayList<>();
        for (String features :
                rows.stream().map(row -> row.text("features")).distinct().toList()) {
            List<ResultRow> members = rows.stream()
                    .filter(row -> row.text("features").equals(features))
                    .toList();
            if (features.isEmpty()) {
                levels.add(new Reference(
                        "no intervention", Tone.BASE, members.get(0).number("refusal_prefix")));
            } else {
                lines.add(new Line(
                        features.replace("fstar", "F*").replace("_prompt", " of prompt"),
                        features.equals("random") ? Tone.RANDOM : Tone.FEATURES,
                        features.endsWith("_prompt") ? Stroke.DASHED : Stroke.SOLID,
                        members.stream().map(SizeSection::mark).toList()));
            }
        }
        int most = rows.stream()
                .mapToInt(row -> (int) row.whole("n_features"))
                .max()
                .orElse(1);
        ChartText words = new ChartText(
                "size-" + index,
                "Refusal on " + set + " against the number of features",
                "Refusal rate by number of suppressed features, with 95 % intervals.");
        Axis x = Axis.wholeNumbers("Features suppressed, best ranked first", 0, most);
        return new LineChart(words, x, Axis.rates("Refused completions"), lines, levels).svg();
    }

    private static Mark mark(ResultRow row) {
        return new Mark(
                row.number("n_features"),
                row.number("refusal_prefix"),
                row.number("refusal_prefix_low"),
                row.number("refusal_prefix_high"),
                row.whole("n_features") + " features: " + Comparison.reading(row));
    }
}
