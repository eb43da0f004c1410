package org.demur.report;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The result of a study in a few lines for a terminal, published beside the report. */
final class Headline {
    static final String FILE = "headline.txt";

    private Headline() {}

    /** The compared conditions on the main prompt set, one per line. */
    static String text(List<Comparison> comparisons) {
        if (comparisons.isEmpty()) {
            return "The sweep published no cell that the headline compares.\n";
        }
        Comparison main = comparisons.get(0);
        String title = "Refusal on " + main.setName() + ", 95 % interval\n";
        return title + main.rows().stream().map(Headline::line).collect(Collectors.joining());
    }

    private static String line(ResultRow row) {
        Condition condition = Condition.of(row);
        return String.format(
                Locale.ROOT,
                "  %-28s %s  n = %-5d %s\n",
                condition.label(),
                padded(Comparison.reading(row)),
                row.whole("n"),
                condition.note(row));
    }

    private static String padded(String reading) {
        return String.format(Locale.ROOT, "%-22s", reading);
    }
}
