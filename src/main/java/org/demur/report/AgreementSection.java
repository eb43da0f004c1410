package org.demur.report;

import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.demur.report.chart.Axis;
import org.demur.report.chart.ChartText;
import org.demur.report.chart.HeatMap;
import org.demur.report.chart.IntervalPlot;
import org.demur.report.chart.Numbers;
import org.demur.report.chart.SvgTag;

/** How far rankings of features agree: with each other, with measured effects, and published with corrected forms. */
record AgreementSection() implements Section {
    private static final RankingName EXACT = new RankingName("exact");

    /** Two rankings and how they agree, the second one that is compared with. */
    private record Pair(RankingName one, RankingName other, ResultRow row) {}

    @Override
    public String id() {
        return "agreement";
    }

    @Override
    public String title() {
        return "How far rankings agree";
    }

    @Override
    public List<Query> queries() {
        return List.of(
                new Query(
                        "agreement",
                        "Agreement of every pair of rankings",
                        """
                        SELECT method_a, mode_a, method_b, mode_b, candidates, prompts,
                          spearman, spearman_low, spearman_high, pearson, pearson_low, pearson_high, overlap, top
                        FROM ranking_agreement
                        WHERE {ranking_agreement}
                        ORDER BY method_a, mode_a, method_b, mode_b
                        """));
    }

    @Override
    public List<DomContent> content(Answers answers) {
        List<ResultRow> rows = answers.of("agreement").rows();
        if (rows.isEmpty()) {
            return List.of(Markup.absent("Not measured: there is one ranking only."));
        }
        List<DomContent> content = new ArrayList<>();
        content.add(Markup.captioned(
                map(rows, "spearman", "Rank correlation (Spearman)"),
                "Over the " + Numbers.count(rows.get(0).whole("candidates"))
                        + " features or fewer that both rankings scored. Bright: they order features alike."));
        content.add(Markup.captioned(
                map(rows, "overlap", "Features in common"),
                "Of the best " + rows.get(0).whole("top") + " of both whole rankings, how many are the same."));
        List<Pair> exact = withExact(rows);
        if (!exact.isEmpty()) {
            content.add(Markup.captioned(
                    correlations(exact, "exact", "Rank correlation with exact ablation, 95 % interval"),
                    "Against the measured effect of taking out single features. Intervals resample prompts; a ranking that has no "
                            + "scores of single prompts varies only by the other side."));
            content.add(table("Agreement with exact ablation of single features.", exact)
                    .html());
        }
        List<Pair> modes = acrossModes(rows);
        if (!modes.isEmpty()) {
            content.add(Markup.captioned(
                    correlations(modes, "modes", "Rank correlation of both forms, 95 % interval"),
                    "The published (faithful) form of a ranking against the corrected one: the further left, the more the "
                            + "corrections move the ranks."));
            content.add(table("Published against corrected form of the same ranking.", modes)
                    .html());
        }
        return content;
    }

    private static SvgTag map(List<ResultRow> rows, String column, String legend) {
        List<RankingName> names = rows.stream()
                .flatMap(row -> Stream.of(first(row), second(row)))
                .distinct()
                .toList();
        double[][] values = new double[names.size()][names.size()];
        Arrays.stream(values).forEach(line -> Arrays.fill(line, Double.NaN));
        for (ResultRow row : rows) {
            int a = names.indexOf(first(row));
            int b = names.indexOf(second(row));
            values[Math.max(a, b)][Math.min(a, b)] = row.number(column);
        }
        List<String> lines = IntStream.range(0, names.size())
                .mapToObj(i -> names.get(i).label() + "  " + (i + 1))
                .toList();
        List<String> columns = IntStream.rangeClosed(1, names.size())
                .mapToObj(Integer::toString)
                .toList();
        ChartText words = new ChartText(
                "agreement-" + column, legend + " of rankings", "One cell per pair of rankings, numbered as the rows.");
        return new HeatMap(words, new HeatMap.Names("Ranking", columns, lines), values, legend, Optional.empty()).svg();
    }

    private static List<Pair> withExact(List<ResultRow> rows) {
        return rows.stream()
                .filter(row -> first(row).equals(EXACT) || second(row).equals(EXACT))
                .map(row ->
                        first(row).equals(EXACT) ? new Pair(second(row), EXACT, row) : new Pair(first(row), EXACT, row))
                .sorted(Comparator.comparing(pair -> -pair.row().number("spearman")))
                .toList();
    }

    private static List<Pair> acrossModes(List<ResultRow> rows) {
        return rows.stream()
                .filter(row -> row.text("method_a").equals(row.text("method_b")))
                .map(row -> new Pair(first(row), second(row), row))
                .toList();
    }

    private static SvgTag correlations(List<Pair> pairs, String id, String label) {
        List<IntervalPlot.Row> rows = pairs.stream()
                .map(pair -> new IntervalPlot.Row(
                        id.equals("modes")
                                ? new RankingName(pair.one().base()).label()
                                : pair.one().label(),
                        "",
                        pair.one().tone(),
                        pair.row().number("spearman"),
                        pair.row().number("spearman_low"),
                        pair.row().number("spearman_high"),
                        Readings.number(pair.row(), "spearman", 2)))
                .toList();
        double low = pairs.stream()
                .flatMap(pair ->
                        Stream.of(pair.row().number("spearman"), pair.row().number("spearman_low")))
                .filter(Double::isFinite)
                .min(Comparator.naturalOrder())
                .orElse(0.0);
        ChartText words =
                new ChartText("agreement-" + id, label, "One line per ranking: rank correlation with its interval.");
        return new IntervalPlot(words, Axis.around(label, Axis.Unit.PLAIN, Math.min(0, low), 1), rows).svg();
    }

    private static HtmlTable table(String title, List<Pair> pairs) {
        List<List<String>> rows = pairs.stream()
                .map(pair -> List.of(
                        pair.one().label(),
                        pair.other().label(),
                        Numbers.count(pair.row().whole("candidates")),
                        Readings.number(pair.row(), "spearman", 2),
                        Readings.number(pair.row(), "pearson", 2),
                        pair.row().whole("overlap") + " of " + pair.row().whole("top")))
                .toList();
        return HtmlTable.of(
                title + " Spearman: of ranks, Pearson: of scores; 95 % bootstrap intervals over prompts.",
                rows,
                "Ranking",
                "Against",
                "#Features",
                "#Spearman",
                "#Pearson",
                "#Best in common");
    }

    private static RankingName first(ResultRow row) {
        return RankingName.of(row.text("method_a"), row.text("mode_a"));
    }

    private static RankingName second(ResultRow row) {
        return RankingName.of(row.text("method_b"), row.text("mode_b"));
    }
}
