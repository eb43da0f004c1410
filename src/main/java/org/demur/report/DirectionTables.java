package org.demur.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.demur.report.chart.Numbers;

/** The candidate directions in numbers. */
final class DirectionTables {
    private static final int MOST_LISTED = 12;

    private DirectionTables() {}

    static HtmlTable kept(List<ResultRow> rows) {
        List<List<String>> cells = rows.stream()
                .filter(row -> !row.text("status").equals("discarded"))
                .sorted(Comparator.comparingDouble(row -> row.number("bypass")))
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

    /** The best candidate of every kind, and how many passed. */
    static HtmlTable kinds(QueryResult candidates) {
        List<List<String>> rows = new ArrayList<>();
        for (String kind : candidates.distinct("kind")) {
            List<ResultRow> all = candidates.where("kind", kind);
            List<ResultRow> passed = all.stream()
                    .filter(row -> !row.text("status").equals("discarded"))
                    .sorted(Comparator.comparing(
                                    (ResultRow row) -> !row.text("status").equals("selected"))
                            .thenComparingDouble(row -> row.number("bypass")))
                    .toList();
            rows.add(passed.isEmpty() ? none(kind, all) : best(kind, all, passed));
        }
        return HtmlTable.of(
                "The selected candidate, or that with the best bypass, of every way to find a direction. Judged: share of harmful "
                        + "validation prompts that are refused in answers with the direction removed, where that was asked for.",
                rows,
                "Kind",
                "#Passed",
                "#Tried",
                "#Layer",
                "#Position",
                "#Bypass",
                "#Induce",
                "#KL",
                "#Judged",
                "Status");
    }

    private static List<String> best(String kind, List<ResultRow> all, List<ResultRow> passed) {
        ResultRow row = passed.get(0);
        return List.of(
                words(kind),
                Numbers.count(passed.size()),
                Numbers.count(all.size()),
                Numbers.count(row.whole("layer")),
                Numbers.count(row.whole("position")),
                Numbers.significant(row.number("bypass")),
                Numbers.significant(row.number("induce")),
                Numbers.significant(row.number("kl")),
                Numbers.percent(row.number("judged_refusal"), 1),
                row.text("status"));
    }

    private static List<String> none(String kind, List<ResultRow> all) {
        return List.of(words(kind), "0", Numbers.count(all.size()), "", "", "", "", "", "", "none passed");
    }

    /** How a direction is found or compared, in words. */
    static String words(String name) {
        return switch (name) {
            case "difference_in_means" -> "difference in means";
            case "logistic" -> "logistic regression";
            case "lda" -> "whitened difference (LDA)";
            case "bootstrap" -> "resampled prompts";
            case "split_half" -> "two random halves";
            default -> name.replace('_', ' ');
        };
    }

    /** White space of a token made visible. */
    static String visible(String token) {
        String shown = token.replace("\n", "⏎").replace(" ", "␣");
        return shown.length() <= 14 ? shown : shown.substring(0, 13) + "…";
    }
}
