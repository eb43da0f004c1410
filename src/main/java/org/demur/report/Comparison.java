package org.demur.report;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.demur.report.chart.Numbers;

/**
 * The compared conditions on one prompt set.
 *
 * @param rows of {@link HeadlineQuery}, in the order of {@link Condition}
 */
record Comparison(String setName, String label, List<ResultRow> rows) {

    /** One comparison per prompt set, the main one first. */
    static List<Comparison> all(QueryResult headline) {
        return headline.distinct("set_name").stream()
                .map(set -> of(set, headline.where("set_name", set)))
                .toList();
    }

    private static Comparison of(String set, List<ResultRow> rows) {
        List<ResultRow> ordered =
                rows.stream().sorted(Comparator.comparing(Condition::of)).toList();
        return new Comparison(set, ordered.get(0).text("label"), ordered);
    }

    Optional<ResultRow> row(Condition condition) {
        return rows.stream().filter(row -> Condition.of(row) == condition).findFirst();
    }

    /** The finding in a sentence or two, as far as the intervals support it. */
    String finding() {
        Optional<ResultRow> base = row(Condition.BASE);
        Optional<ResultRow> features = row(Condition.FEATURES);
        Optional<ResultRow> random = row(Condition.RANDOM);
        if (base.isEmpty() || features.isEmpty()) {
            return "The sweep holds no cell that suppresses the attributed features on this set.";
        }
        String effect = "Suppressing " + features.get().whole("n_features") + " attributed features takes refusal from "
                + rate(base.get()) + " to " + rate(features.get());
        if (random.isEmpty()) {
            return effect + ". The sweep holds no random features to compare with.";
        }
        String control = "; as many random features leave it at " + rate(random.get()) + ". ";
        boolean isApart =
                features.get().number("refusal_prefix_high") < random.get().number("refusal_prefix_low");
        return effect
                + control
                + (isApart
                        ? "The 95 % intervals do not overlap."
                        : "The 95 % intervals overlap, so this run does not show that the attribution found anything.");
    }

    /** Rate and interval of a row, such as "8.0 % [4.1, 15.0]". */
    static String reading(ResultRow row) {
        return rate(row) + "  [" + Numbers.fixed(100 * row.number("refusal_prefix_low"), 1) + ", "
                + Numbers.fixed(100 * row.number("refusal_prefix_high"), 1) + "]";
    }

    static String rate(ResultRow row) {
        return Numbers.percent(row.number("refusal_prefix"), 1);
    }
}
