package org.demur.report;

import java.util.ArrayList;
import java.util.List;
import org.demur.report.chart.Numbers;
import org.demur.report.chart.Tone;

/** What a row's columns {@code method, feature_set, n_features, coefficient} and {@code intervention_id} say was done. */
record InterventionName(ResultRow row) {

    /** Short, such as "F* (20) × 0". */
    String label() {
        String method = row.text("method");
        return switch (method) {
            case "none" -> "no intervention";
            case "direction_ablation" -> "direction removed" + modified();
            case "direction_addition" -> "direction × " + Numbers.plain(row.number("coefficient")) + modified();
            default -> features() + kind(method) + factor() + modified();
        };
    }

    Tone tone() {
        return switch (row.text("method")) {
            case "none" -> Tone.BASE;
            case "direction_ablation" -> Tone.DIRECTION;
            case "direction_addition" -> Tone.SKY;
            default -> new RankingName(ranking()).tone();
        };
    }

    /** The feature set, random ones without their number. */
    String ranking() {
        return row.text("feature_set").replaceFirst("^(random.*)_\\d+$", "$1");
    }

    private String features() {
        String set = row.text("feature_set");
        String name = set.startsWith("random") ? set.replace('_', ' ') : new RankingName(set).label();
        return name + " (" + row.whole("n_features") + ")";
    }

    private static String kind(String method) {
        return method.equals("feature_scale")
                ? ""
                : " " + method.replace("feature_", "").replace('_', ' ');
    }

    private String factor() {
        return row.has("coefficient") ? " × " + Numbers.plain(row.number("coefficient")) : "";
    }

    /** Whether there is more to the intervention than the columns say. */
    private String modified() {
        String plain = String.join("/", parts());
        String whole = row.text("intervention_id");
        return whole.isEmpty() || whole.equals(plain) ? "" : " …" + whole.replace(plain, "");
    }

    private List<String> parts() {
        List<String> parts = new ArrayList<>();
        parts.add(row.text("method"));
        if (row.has("feature_set")) {
            parts.add(row.text("feature_set"));
            parts.add(row.text("n_features"));
        }
        if (row.has("coefficient")) {
            parts.add(row.text("coefficient"));
        }
        return parts;
    }
}
