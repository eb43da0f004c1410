package org.demur.report;

import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.demur.report.chart.ChartText;
import org.demur.report.chart.HeatMap;
import org.demur.report.chart.HeatMap.MarkedCell;
import org.demur.report.chart.Numbers;

/** The scores of every candidate refusal direction by layer and token position. */
record DirectionSection() implements Section {
    private static final int MOST_LISTED = 12;

    @Override
    public String id() {
        return "direction";
    }

    @Override
    public String title() {
        return "Where the refusal direction is";
    }

    @Override
    public List<Query> queries() {
        return List.of(
                new Query(
                        "candidates",
                        "Every candidate direction with its scores",
                        """
                SELECT layer, position, token, n_harmful, n_harmless, norm, bypass, induce, kl, status, reason
                FROM directions
                WHERE {directions}
                ORDER BY position, layer
                """));
    }

    @Override
    public List<DomContent> content(Answers answers) {
        List<ResultRow> rows = answers.of("candidates").rows();
        if (rows.isEmpty()) {
            return List.of(Markup.absent("No candidate direction was published."));
        }
        List<DomContent> content = new ArrayList<>();
        content.add(Markup.paragraph(selected(rows)));
        content.add(Markup.captioned(
                map(rows, "bypass", "Refusal left with the direction removed"),
                "Bypass: mean refusal score on harmful prompts with the direction removed. Darker is better: removal stops "
                        + "refusal."));
        content.add(Markup.captioned(
                map(rows, "induce", "Refusal made by adding the direction"),
                "Induce: mean refusal score on harmless prompts with the direction added. Brighter is better: the direction "
                        + "alone causes refusal."));
        content.add(Markup.captioned(
                map(rows, "kl", "Damage on harmless prompts, nats"),
                "KL: divergence of the next token on harmless prompts when the direction is removed. Darker is better: little "
                        + "else is lost. Empty cells were ruled out before this was measured."));
        content.add(kept(rows).html());
        return content;
    }

    private static String selected(List<ResultRow> rows) {
        long kept = rows.stream()
                .filter(row -> !row.text("status").equals("discarded"))
                .count();
        return rows.stream()
                .filter(row -> row.text("status").equals("selected"))
                .findFirst()
                .map(row ->
                        "Selected: layer " + row.whole("layer") + ", position " + Numbers.count(row.whole("position"))
                                + " from the end, out of " + kept + " candidates that passed the rule of " + rows.size()
                                + " tried. Means over " + Numbers.count(row.whole("n_harmful")) + " harmful and "
                                + Numbers.count(row.whole("n_harmless")) + " harmless prompts.")
                .orElse("No candidate passed the rule.");
    }

    private static org.demur.report.chart.SvgTag map(List<ResultRow> rows, String column, String legend) {
        int[] layers = sorted(rows, "layer");
        int[] positions = sorted(rows, "position");
        double[][] values = new double[positions.length][layers.length];
        Arrays.stream(values).forEach(row -> Arrays.fill(row, Double.NaN));
        String[] tokens = new String[positions.length];
        Optional<MarkedCell> marked = Optional.empty();
        for (ResultRow row : rows) {
            int y = Arrays.binarySearch(positions, (int) row.whole("position"));
            int x = Arrays.binarySearch(layers, (int) row.whole("layer"));
            values[y][x] = row.number(column);
            tokens[y] = Numbers.count(row.whole("position")) + "  " + visible(row.text("token"));
            if (row.text("status").equals("selected")) {
                marked = Optional.of(new MarkedCell(y, x, "selected"));
            }
        }
        List<String> columns = Arrays.stream(layers).mapToObj(Integer::toString).toList();
        ChartText words = new ChartText(
                "direction-" + column,
                legend + " by layer and position",
                "One cell per candidate; exact values as tooltips.");
        return new HeatMap(words, new HeatMap.Names("Layer", columns, List.of(tokens)), values, legend, marked).svg();
    }

    private static HtmlTable kept(List<ResultRow> rows) {
        List<List<String>> cells = rows.stream()
                .filter(row -> !row.text("status").equals("discarded"))
                .sorted(java.util.Comparator.comparingDouble(row -> row.number("bypass")))
                .limit(MOST_LISTED)
                .map(row -> List.of(
                        Numbers.count(row.whole("layer")),
                        Numbers.count(row.whole("position")),
                        visible(row.text("token")),
                        Numbers.significant(row.number("bypass")),
                        Numbers.significant(row.number("induce")),
                        Numbers.significant(row.number("kl")),
                        Numbers.significant(row.number("norm")),
                        row.text("status")))
                .toList();
        return HtmlTable.of(
                "Candidates that passed the rule, best bypass first.",
                cells,
                "#Layer",
                "#Position",
                "Token",
                "#Bypass",
                "#Induce",
                "#KL",
                "#Norm",
                "Status");
    }

    /** White space of a token made visible. */
    private static String visible(String token) {
        String shown = token.replace("\n", "⏎").replace(" ", "␣");
        return shown.length() <= 14 ? shown : shown.substring(0, 13) + "…";
    }

    private static int[] sorted(List<ResultRow> rows, String column) {
        return rows.stream()
                .flatMapToInt(row -> IntStream.of((int) row.whole(column)))
                .distinct()
                .sorted()
                .toArray();
    }
}
