package org.demur.report;

import java.util.ArrayList;
import java.util.List;
import org.demur.report.chart.Numbers;

/** The numbers behind the charts of {@link RankingSection}. */
final class RankingTables {
    private RankingTables() {}

    static HtmlTable pairs(List<ResultRow> pairs, String featureSet) {
        String name = new RankingName(featureSet).label();
        List<List<String>> rows = pairs.stream()
                .map(row -> List.of(
                        row.text("set_name"),
                        new RankingName(row.text("other")).label(),
                        Numbers.count(row.whole("n")),
                        Numbers.percent(row.number("area"), 1),
                        Numbers.percent(row.number("other_area"), 1),
                        Readings.points(row, "difference", "difference_low", "difference_high"),
                        Readings.probability(row.number("p")),
                        Readings.probability(row.number("p_holm")),
                        Numbers.fixed(row.number("cohen_d"), 2),
                        Numbers.fixed(row.number("ce_change"), 3),
                        Numbers.fixed(row.number("other_ce_change"), 3)))
                .toList();
        return HtmlTable.of(
                name
                        + " against every other ranking: areas under refusal against set size, and their difference prompt by prompt "
                        + "in percentage points with its 95 % interval; negative means that " + name
                        + " does with fewer features. p: sign-flip permutation test; Holm: over every comparison of the run. "
                        + "Last, the mean change in cross-entropy of both, nats per token.",
                rows,
                "Prompts",
                "Against",
                "#n",
                "#Area",
                "#Other",
                "#Difference",
                "#p",
                "#Holm",
                "#d",
                "#Change in cross-entropy",
                "#Other’s");
    }

    /** One row a ranking and prompt set, one column a size. */
    static HtmlTable curves(QueryResult curves) {
        List<Long> sizes = curves.rows().stream()
                .map(row -> row.whole("n_features"))
                .distinct()
                .sorted()
                .toList();
        List<List<String>> rows = new ArrayList<>();
        for (String set : curves.distinct("set_name")) {
            QueryResult ofSet = curves.only("set_name", set);
            for (String ranking : ofSet.distinct("ranking")) {
                rows.add(curve(set, ranking, ofSet.where("ranking", ranking), sizes));
            }
        }
        List<String> headings = new ArrayList<>(List.of("Prompts", "Ranking"));
        sizes.forEach(size -> headings.add("#" + Numbers.count(size)));
        headings.add("#Change in cross-entropy");
        return new HtmlTable(
                "Refused completions by number of features suppressed; of random sets the mean. Last: change in cross-entropy on "
                        + "harmless text at the largest number, nats per token.",
                headings,
                rows);
    }

    private static List<String> curve(String set, String ranking, List<ResultRow> rows, List<Long> sizes) {
        List<String> cells = new ArrayList<>(List.of(set, new RankingName(ranking).label()));
        for (long size : sizes) {
            cells.add(rows.stream()
                    .filter(row -> row.whole("n_features") == size)
                    .map(Comparison::rate)
                    .findFirst()
                    .orElse(""));
        }
        cells.add(Numbers.fixed(rows.get(rows.size() - 1).number("ce_change"), 3));
        return cells;
    }
}
