package org.demur.ingest;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.demur.config.ConfigSection;
import org.demur.prompts.TextKey;

/**
 * Which good rows of its file a prompt set takes. Rows left out are no defect and don't count against the quarantine's
 * limit.
 *
 * @param share the texts whose {@link TextKey#place()} lies in it
 * @param dropIn sets whose texts are left out here
 * @param where accepted values by column
 */
record RowSelection(Share share, List<String> dropIn, Map<String, List<String>> where) {

    /** From {@code low} (inclusive) to {@code high} (exclusive); neighbouring shares have no text in common. */
    record Share(double low, double high) {
        boolean holds(double place) {
            return place >= low && place < high;
        }
    }

    static RowSelection from(ConfigSection set) {
        List<Double> bounds = set.numbers("share");
        if (bounds.size() != 2 || bounds.get(0) < 0 || bounds.get(0) >= bounds.get(1) || bounds.get(1) > 1) {
            throw set.invalid(
                    "share",
                    "it is " + bounds,
                    "write two numbers between 0 and 1 in ascending order, such as [0, 0.7]");
        }
        ConfigSection where = set.section("where");
        Map<String, List<String>> accepted = new TreeMap<>();
        where.keys().forEach(column -> accepted.put(column, where.strings(column)));
        return new RowSelection(new Share(bounds.get(0), bounds.get(1)), set.strings("drop-in"), accepted);
    }

    /**
     * Why the row is left out, if it is.
     *
     * @param label the row's label as the table will show it
     * @param elsewhere keys of the sets named by {@code dropIn}
     */
    Optional<SourceRow.Rejected> objection(SourceRow.Read row, String label, Set<TextKey> elsewhere) {
        for (Map.Entry<String, List<String>> condition : where.entrySet()) {
            if (!condition.getValue().contains(value(row, label, condition.getKey()))) {
                return leftOut(row, RejectReason.OUTSIDE_WHERE, condition.getKey());
            }
        }
        TextKey key = TextKey.of(row.prompt());
        if (elsewhere.contains(key)) {
            return leftOut(row, RejectReason.IN_OTHER_SET, "drop-in " + String.join(", ", dropIn));
        }
        return share.holds(key.place())
                ? Optional.empty()
                : leftOut(row, RejectReason.OUTSIDE_SHARE, "[" + share.low() + ", " + share.high() + ")");
    }

    /** What decides the rows, without the settings that leave nothing out. */
    Map<String, Object> describe() {
        Map<String, Object> json = new LinkedHashMap<>();
        if (!share.equals(new Share(0, 1))) {
            json.put("share", share);
        }
        if (!dropIn.isEmpty()) {
            json.put("dropIn", dropIn);
        }
        if (!where.isEmpty()) {
            json.put("where", where);
        }
        return json;
    }

    /**
     * The sets in an order in which every set follows those that its {@code dropIn} names; sets that wait for each other
     * are missing.
     */
    static List<PromptSet> ordered(List<PromptSet> sets) {
        List<PromptSet> ordered = new ArrayList<>();
        Set<String> done = new HashSet<>();
        List<PromptSet> ready = sets;
        while (!ready.isEmpty()) {
            ready = sets.stream()
                    .filter(set -> !done.contains(set.name())
                            && done.containsAll(set.selection().dropIn()))
                    .toList();
            ordered.addAll(ready);
            ready.forEach(set -> done.add(set.name()));
        }
        return ordered;
    }

    private static String value(SourceRow.Read row, String label, String column) {
        return switch (column) {
            case "id" -> row.id();
            case "label" -> label;
            case "category" -> row.category();
            default -> row.extra().getOrDefault(column, "");
        };
    }

    private static Optional<SourceRow.Rejected> leftOut(SourceRow.Read row, RejectReason reason, String detail) {
        return Optional.of(new SourceRow.Rejected(row.line(), row.id(), reason, detail));
    }
}
