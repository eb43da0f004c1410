package org.demur.report;

import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.demur.report.chart.Axis;
import org.demur.report.chart.ChartText;
import org.demur.report.chart.HeatMap;
import org.demur.report.chart.HeatMap.MarkedCell;
import org.demur.report.chart.IntervalPlot;
import org.demur.report.chart.Numbers;
import org.demur.report.chart.SvgTag;
import org.demur.report.chart.Tone;

/** The scores of every candidate refusal direction by layer and token position. */
record DirectionSection() implements Section {
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
                SELECT coalesce(kind, 'difference_in_means') AS kind, layer, position, token, n_harmful, n_harmless,
                  norm, bypass, induce, kl, judged_refusal, status, reason
                FROM directions
                WHERE {directions}
                ORDER BY kind, position, layer
                """),
                new Query(
                        "stability",
                        "How far the selected direction depends on the prompts and on how it is found",
                        """
                SELECT layer, position, kind, comparison, n_harmful, n_harmless, resamples,
                  cosine, cosine_low, cosine_high
                FROM direction_stability
                WHERE {direction_stability}
                ORDER BY comparison NOT IN ('bootstrap', 'split_half'), comparison
                """));
    }

    @Override
    public List<DomContent> content(Answers answers) {
        List<ResultRow> rows = answers.of("candidates").rows();
        if (rows.isEmpty()) {
            return List.of(Markup.absent("No candidate direction was published."));
        }
        List<ResultRow> ofKind = answers.of("candidates").where("kind", kindOfSelected(rows));
        List<DomContent> content = new ArrayList<>();
        content.add(Markup.paragraph(selected(rows)));
        content.addAll(maps(ofKind));
        content.add(DirectionTables.kept(ofKind).html());
        if (answers.of("candidates").distinct("kind").size() > 1) {
            content.add(DirectionTables.kinds(answers.of("candidates")).html());
        }
        List<ResultRow> stability = answers.of("stability").rows();
        if (!stability.isEmpty()) {
            content.add(Markup.captioned(
                    stability(stability),
                    "The selected direction found again from resampled prompts, from two halves of them, and in other ways from "
                            + "the same prompts. Bars hold 95 % of the resamples."));
        }
        return content;
    }

    private static List<DomContent> maps(List<ResultRow> rows) {
        return List.of(
                Markup.captioned(
                        map(rows, "bypass", "Refusal left with the direction removed"),
                        "Bypass: mean refusal score on harmful prompts with the direction removed. Darker is better: removal "
                                + "stops refusal."),
                Markup.captioned(
                        map(rows, "induce", "Refusal made by adding the direction"),
                        "Induce: mean refusal score on harmless prompts with the direction added. Brighter is better: the "
                                + "direction alone causes refusal."),
                Markup.captioned(
                        map(rows, "kl", "Damage on harmless prompts, nats"),
                        "KL: divergence of the next token on harmless prompts when the direction is removed. Darker is better: "
                                + "little else is lost. Empty cells were ruled out before this was measured."));
    }

    /** The maps show candidates of one kind: the one that was selected, or the first. */
    private static String kindOfSelected(List<ResultRow> rows) {
        return rows.stream()
                .filter(row -> row.text("status").equals("selected"))
                .findFirst()
                .orElse(rows.get(0))
                .text("kind");
    }

    private static SvgTag stability(List<ResultRow> rows) {
        List<IntervalPlot.Row> shown = rows.stream()
                .map(row -> new IntervalPlot.Row(
                        DirectionTables.words(row.text("comparison")),
                        row.whole("resamples") > 1
                                ? Numbers.count(row.whole("resamples")) + " resamples"
                                : "another kind",
                        Tone.DIRECTION,
                        row.number("cosine"),
                        row.number("cosine_low"),
                        row.number("cosine_high"),
                        Readings.number(row, "cosine", 3)))
                .toList();
        double low = rows.stream()
                .mapToDouble(row -> row.has("cosine_low") ? row.number("cosine_low") : row.number("cosine"))
                .min()
                .orElse(0);
        ChartText words = new ChartText(
                "direction-stability",
                "Cosine with the selected direction",
                "One line per comparison: cosine with the selected direction.");
        Axis x = Axis.around("Cosine with the selected direction", Axis.Unit.PLAIN, Math.min(0, low), 1);
        return new IntervalPlot(words, x, shown).svg();
    }

    private static String selected(List<ResultRow> rows) {
        long kept = rows.stream()
                .filter(row -> !row.text("status").equals("discarded"))
                .count();
        return rows.stream()
                .filter(row -> row.text("status").equals("selected"))
                .findFirst()
                .map(row -> "Selected: " + DirectionTables.words(row.text("kind")) + ", layer " + row.whole("layer")
                        + ", position " + Numbers.count(row.whole("position"))
                        + " from the end, out of " + kept + " candidates that passed the rule of " + rows.size()
                        + " tried. Means over " + Numbers.count(row.whole("n_harmful")) + " harmful and "
                        + Numbers.count(row.whole("n_harmless")) + " harmless prompts.")
                .orElse("No candidate passed the rule.");
    }

    private static SvgTag map(List<ResultRow> rows, String column, String legend) {
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
            tokens[y] = Numbers.count(row.whole("position")) + "  " + DirectionTables.visible(row.text("token"));
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

    private static int[] sorted(List<ResultRow> rows, String column) {
        return rows.stream()
                .flatMapToInt(row -> IntStream.of((int) row.whole(column)))
                .distinct()
                .sorted()
                .toArray();
    }
}
