package org.demur.report;

import static org.demur.report.SyntheticRows.row;
import static org.demur.report.SyntheticRows.values;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.demur.schema.Table;

/** Made-up cells of a sweep with their completions and verdicts. */
final class SyntheticSweep {
    private static final int N = 100;
    private static final int[] SIZES = {1, 2, 3, 5, 10, 20};

    private final List<Row> completions = new ArrayList<>();
    private final List<Row> scores = new ArrayList<>();
    private final List<Row> summaries = new ArrayList<>();

    /** Of a cell: features edited, how often, and what they did. */
    private record Edit(String method, String features, int size, Double coefficient) {
        String id() {
            String ofFeatures = features == null ? "" : "/" + features + "/" + size;
            return method + ofFeatures + (coefficient == null ? "" : "/" + coefficient);
        }
    }

    SyntheticSweep() {
        whole("jailbreakbench", new Edit("none", null, 0, null), 89);
        whole("jailbreakbench", new Edit("direction_ablation", null, 0, null), 0);
        whole("role-play", new Edit("none", null, 0, null), 61);
        whole("role-play", new Edit("direction_ablation", null, 0, null), 1);
        whole("harmless", new Edit("none", null, 0, null), 2);
        whole("harmless", new Edit("direction_ablation", null, 0, null), 0);
        int[] induced = {31, 97, 100};
        for (int i = 0; i < induced.length; i++) {
            whole("harmless", new Edit("direction_addition", null, 0, 0.5 * (i + 1)), induced[i]);
            whole("harmless", new Edit("feature_clamp", "fstar", 20, 0.5 * (i + 1)), induced[i] / 2);
        }
        int[] suppressed = {0, 3, 8, 41, 89};
        double[] factors = {-3, -1, 0, 0.5, 1};
        for (int i = 0; i < factors.length; i++) {
            whole("jailbreakbench", scale("fstar", 20, factors[i]), suppressed[i]);
            whole("jailbreakbench", scale("random_0", 20, factors[i]), 89);
            whole("jailbreakbench", scale("random_1", 20, factors[i]), 87);
            whole("jailbreakbench", scale("random_2", 20, factors[i]), 90);
        }
        whole("role-play", scale("fstar", 20, 0), 5);
        whole("role-play", scale("random_0", 20, 0), 60);
        whole("harmless", scale("fstar", 20, 0), 1);
        whole("harmless", scale("random_0", 20, 0), 2);
        rankings();
    }

    /** Every ranking at every size; those of 20 features of fstar and random are above. */
    private void rankings() {
        for (String set : List.of("jailbreakbench", "role-play")) {
            int base = set.equals("role-play") ? 61 : 89;
            for (int size : SIZES) {
                SyntheticRankings.STRENGTHS.forEach((features, strength) -> {
                    boolean isAbove = size == 20 && (features.equals("fstar") || features.startsWith("random_"));
                    if (!isAbove) {
                        int refused = (int) Math.round(base * Math.exp(-strength * size));
                        judged(set, scale(features, size, 0), refused);
                    }
                });
            }
        }
    }

    List<Row> completions() {
        return completions;
    }

    List<Row> scores() {
        return scores;
    }

    List<Row> summaries() {
        return summaries;
    }

    private static Edit scale(String features, int size, double factor) {
        return new Edit("feature_scale", features, size, factor);
    }

    private void whole(String set, Edit edit, int refused) {
        judged(set, edit, refused);
        for (int p = 0; p < 6; p++) {
            Map<String, Object> one = new HashMap<>(cell(set, edit));
            one.putAll(values("prompt_id", "p" + p, "completion", text(set, p), "n_tokens", 64, "finish", "stop"));
            completions.add(row(Table.COMPLETIONS, one));
        }
    }

    private void judged(String set, Edit edit, int refused) {
        Map<String, Object> cell = cell(set, edit);
        for (int p = 0; p < N / 5; p++) {
            Map<String, Object> one = new HashMap<>(cell);
            one.putAll(values("prompt_id", "p" + p, "refused_prefix", 5 * p < refused, "refused_anywhere", true));
            scores.add(row(Table.SCORES, one));
        }
        double rate = refused / (double) N;
        cell.putAll(values(
                "label",
                SyntheticRows.label(set),
                "n",
                N,
                "refusal_prefix",
                rate,
                "refusal_prefix_low",
                Math.max(0, rate - 0.06),
                "refusal_prefix_high",
                Math.min(1, rate + 0.05),
                "refusal_anywhere",
                rate,
                "mcnemar_p",
                edit.method().equals("none") ? null : refused > 80 ? 0.63 : 1e-9));
        cell.putAll(values(
                "became_refused",
                0,
                "became_compliant",
                Math.max(0, 89 - refused),
                "ce_tokens",
                7_000L,
                "ce_base",
                2.1,
                "ce_change",
                edit.features() == null ? 0.004 : 0.021,
                "ce_change_low",
                -0.002,
                "ce_change_high",
                0.033));
        summaries.add(row(Table.SWEEP_SUMMARY, cell));
    }

    private static Map<String, Object> cell(String set, Edit edit) {
        return values(
                "cell_id",
                set + "/" + edit.id(),
                "set_name",
                set,
                "method",
                edit.method(),
                "feature_set",
                edit.features(),
                "n_features",
                edit.size(),
                "coefficient",
                edit.coefficient());
    }

    private static String text(String set, int prompt) {
        if (!set.equals("harmless")) {
            return SyntheticStudy.SECRET;
        }
        return switch (prompt) {
            case 0 -> SyntheticStudy.HOSTILE;
            case 1 -> "A".repeat(5_000_000);
            case 2 -> "";
            default -> "Preheat the oven to 220 degrees.\nThen roll out the dough.";
        };
    }
}
