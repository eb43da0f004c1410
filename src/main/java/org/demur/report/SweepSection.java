package org.demur.report;

import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.demur.report.chart.Axis;
import org.demur.report.chart.ChartText;
import org.demur.report.chart.LineChart;
import org.demur.report.chart.LineChart.Line;
import org.demur.report.chart.LineChart.Mark;
import org.demur.report.chart.LineChart.Reference;
import org.demur.report.chart.LineChart.Stroke;
import org.demur.report.chart.Numbers;
import org.demur.report.chart.Tone;

/** Refusal against the coefficient of every feature intervention, with random features as the control. */
record SweepSection() implements Section {
    private static final int MOST_PLOTS = 12;

    @Override
    public String id() {
        return "sweep";
    }

    @Override
    public String title() {
        return "Refusal against the coefficient";
    }

    @Override
    public List<Query> queries() {
        return List.of(
                new Query(
                        "features",
                        "Refusal of the attributed feature sets by coefficient",
                        """
                        SELECT set_name, method, feature_set, n_features, coefficient, n,
                          refusal_prefix, refusal_prefix_low, refusal_prefix_high, ce_change
                        FROM sweep_summary
                        WHERE {sweep_summary} AND coefficient IS NOT NULL AND coalesce(feature_set, '') NOT LIKE 'random%%'
                          AND %s
                        ORDER BY label = 'harmful' DESC, set_name, method, feature_set, n_features, coefficient
                        """
                                .formatted(PlainCells.CONDITION)),
                new Query(
                        "random",
                        "Refusal of the random feature sets by coefficient: mean and extremes over the sets",
                        """
                        SELECT set_name, method, n_features, coefficient, count(*) AS sets,
                          avg(refusal_prefix) AS refusal_prefix,
                          min(refusal_prefix_low) AS refusal_prefix_low, max(refusal_prefix_high) AS refusal_prefix_high
                        FROM sweep_summary
                        WHERE {sweep_summary} AND coefficient IS NOT NULL AND feature_set LIKE 'random%%' AND %s
                        GROUP BY set_name, method, n_features, coefficient
                        ORDER BY set_name, method, n_features, coefficient
                        """
                                .formatted(PlainCells.CONDITION)),
                new Query(
                        "levels",
                        "Refusal without intervention and with the direction removed",
                        """
                        SELECT set_name, method, refusal_prefix
                        FROM sweep_summary
                        WHERE {sweep_summary} AND method IN ('none', 'direction_ablation')
                        ORDER BY set_name, method
                        """));
    }

    @Override
    public List<DomContent> content(Answers answers) {
        List<DomContent> charts = new ArrayList<>();
        QueryResult features = answers.of("features");
        for (String set : features.distinct("set_name")) {
            QueryResult ofSet = features.only("set_name", set);
            for (String method : ofSet.distinct("method")) {
                boolean isVaried = isVaried(ofSet.where("method", method));
                if (isVaried && charts.size() < MOST_PLOTS) {
                    charts.add(chart(answers, set, method, charts.size()));
                }
            }
        }
        return charts.isEmpty()
                ? List.of(Markup.absent("No prompt set was swept over more than one coefficient."))
                : List.of(
                        Markup.paragraph(
                                "Bands are 95 % intervals; for random features the band spans the intervals of all "
                                        + "random sets. Levels without intervention and with the refusal direction removed are dashed. Lines that "
                                        + "rise on harmless prompts show refusal that was induced."),
                        Markup.gallery(charts));
    }

    private static boolean isVaried(List<ResultRow> rows) {
        return rows.stream()
                        .mapToDouble(row -> row.number("coefficient"))
                        .distinct()
                        .count()
                > 1;
    }

    private static DomContent chart(Answers answers, String set, String method, int index) {
        List<ResultRow> features = answers.of("features").only("set_name", set).where("method", method);
        List<ResultRow> random = answers.of("random").only("set_name", set).where("method", method);
        List<Line> lines = new ArrayList<>(lines(features, false));
        lines.addAll(lines(random, true));
        TreeSet<Double> coefficients = new TreeSet<>();
        features.forEach(row -> coefficients.add(row.number("coefficient")));
        Axis x = Axis.between(xLabel(method), Axis.Unit.PLAIN, coefficients.first(), coefficients.last());
        ChartText words = new ChartText(
                "sweep-" + index,
                "Refusal on " + set + " against the coefficient",
                "Refusal rate by coefficient of " + method + ", with 95 % intervals.");
        LineChart chart = new LineChart(words, x, Axis.rates("Refused completions"), lines, levels(answers, set));
        return Markup.captioned(chart.svg(), set + ", " + method.replace('_', ' ') + caption(method));
    }

    /** A line per feature set and size; one that was tried at a single coefficient is left to the headline table. */
    private static List<Line> lines(List<ResultRow> rows, boolean isRandom) {
        List<Line> lines = new ArrayList<>();
        List<ResultRow> shown = largestVaried(rows);
        for (String group :
                shown.stream().map(row -> group(row, isRandom)).distinct().toList()) {
            List<ResultRow> members = shown.stream()
                    .filter(row -> group(row, isRandom).equals(group))
                    .toList();
            if (members.size() > 1) {
                Tone tone = tone(members.get(0), isRandom);
                Stroke stroke = members.get(0).text("feature_set").endsWith("_prompt") ? Stroke.DASHED : Stroke.SOLID;
                List<Mark> marks = members.stream().map(row -> mark(row, group)).toList();
                lines.add(new Line(group, tone, stroke, marks));
            }
        }
        return lines;
    }

    /** Of every feature set the rows of the largest size that was tried at several coefficients. */
    private static List<ResultRow> largestVaried(List<ResultRow> rows) {
        Map<String, Long> largest = new HashMap<>();
        for (ResultRow row : rows) {
            boolean isVaried = rows.stream()
                    .anyMatch(other -> other.text("feature_set").equals(row.text("feature_set"))
                            && other.whole("n_features") == row.whole("n_features")
                            && other.number("coefficient") != row.number("coefficient"));
            if (isVaried) {
                largest.merge(row.text("feature_set"), row.whole("n_features"), Math::max);
            }
        }
        return rows.stream()
                .filter(row -> largest.getOrDefault(row.text("feature_set"), -1L) == row.whole("n_features"))
                .toList();
    }

    private static Tone tone(ResultRow row, boolean isRandom) {
        if (isRandom) {
            return Tone.BASE;
        }
        return row.has("feature_set") ? new RankingName(row.text("feature_set")).tone() : Tone.SKY;
    }

    private static String group(ResultRow row, boolean isRandom) {
        String name = isRandom
                ? "random"
                : Optional.of(row.text("feature_set"))
                        .filter(set -> !set.isEmpty())
                        .map(set -> new RankingName(set).label())
                        .orElse("direction");
        return row.whole("n_features") > 0 ? name + " (" + row.whole("n_features") + ")" : name;
    }

    private static Mark mark(ResultRow row, String group) {
        return new Mark(
                row.number("coefficient"),
                row.number("refusal_prefix"),
                row.number("refusal_prefix_low"),
                row.number("refusal_prefix_high"),
                group + " × " + Numbers.plain(row.number("coefficient")) + ": " + Comparison.reading(row));
    }

    private static List<Reference> levels(Answers answers, String set) {
        return answers.of("levels").where("set_name", set).stream()
                .map(row -> row.text("method").equals("none")
                        ? new Reference("no intervention", Tone.BASE, row.number("refusal_prefix"))
                        : new Reference("direction removed", Tone.DIRECTION, row.number("refusal_prefix")))
                .toList();
    }

    private static String xLabel(String method) {
        return switch (method) {
            case "feature_scale" -> "Factor on the features (1 = unchanged)";
            case "feature_clamp" -> "Value the features are set to (1 = their largest in training)";
            case "direction_addition" -> "Multiple of the direction added";
            default -> "Coefficient of " + method.replace('_', ' ');
        };
    }

    private static String caption(String method) {
        return method.equals("feature_scale")
                ? ". The sooner the line falls below the band of random features, the more of refusal these features carry."
                : ".";
    }
}
