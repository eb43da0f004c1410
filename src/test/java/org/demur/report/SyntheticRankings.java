package org.demur.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.demur.schema.Table;

/** Rankings that are made up, and how they compare. */
final class SyntheticRankings {
    /** How fast refusal falls with the number of features. */
    static final Map<String, Double> STRENGTHS = strengths();

    private SyntheticRankings() {}

    private static Map<String, Double> strengths() {
        Map<String, Double> strengths = new LinkedHashMap<>();
        strengths.put("fstar", 0.30);
        strengths.put("fstar_faithful", 0.22);
        strengths.put("cs", 0.12);
        strengths.put("actdiff", 0.05);
        strengths.put("ap", 0.27);
        strengths.put("ap_faithful", 0.17);
        strengths.put("grad_act", 0.25);
        strengths.put("ig", 0.28);
        strengths.put("exact", 0.36);
        strengths.put("greedy", 0.55);
        strengths.put("probe", 0.08);
        strengths.put("random_0", 0.001);
        strengths.put("random_1", 0.003);
        strengths.put("random_2", 0.0);
        return strengths;
    }

    /** F* beats cs, actdiff and random on both sets, and loses to greedy on one. */
    static List<Row> comparisons() {
        List<Row> rows = new ArrayList<>();
        for (String set : List.of("jailbreakbench", "role-play")) {
            rows.add(comparison(set, "cs", -0.21, 0.001));
            rows.add(comparison(set, "actdiff", -0.38, 0.0004));
            rows.add(comparison(set, "ap", -0.01, 0.71));
            rows.add(comparison(set, "greedy", 0.11, set.equals("role-play") ? 0.2 : 0.012));
            rows.add(comparison(set, "random", -0.55, 0.0001));
            rows.add(comparison(set, "direction_ablation", 0.31, 0.0001));
            rows.add(comparison("fstar_faithful", set, "cs", -0.25, 0.002));
        }
        return rows;
    }

    private static Row comparison(String set, String other, double difference, double holm) {
        return comparison("fstar", set, other, difference, holm);
    }

    private static Row comparison(String ranking, String set, String other, double difference, double holm) {
        return SyntheticRows.row(
                Table.METHOD_COMPARISON,
                SyntheticRows.values(
                        "condition",
                        set + "/feature_scale/0.0",
                        "set_name",
                        set,
                        "label",
                        "harmful",
                        "method",
                        "feature_scale",
                        "coefficient",
                        0.0,
                        "ranking",
                        ranking,
                        "other",
                        other,
                        "sizes",
                        new Integer[] {1, 2, 3, 5, 10, 20},
                        "other_draws",
                        other.equals("random") ? 3 : 1,
                        "n",
                        100,
                        "area",
                        0.31,
                        "other_area",
                        0.31 - difference,
                        "difference",
                        difference,
                        "difference_low",
                        difference - 0.05,
                        "difference_high",
                        difference + 0.05,
                        "p",
                        holm / 9,
                        "p_holm",
                        holm,
                        "cohen_d",
                        4 * difference,
                        "ce_change",
                        0.018,
                        "other_ce_change",
                        0.025,
                        "used_for_selection",
                        false));
    }

    /** Agreement of some rankings with the exact effects, with each other, and across modes. */
    static List<Row> agreements() {
        List<Row> rows = new ArrayList<>();
        String[][] names = {
            {"la_ig", "corrected"},
            {"la_ig", "faithful"},
            {"cs", "corrected"},
            {"ap", "corrected"},
            {"exact", "corrected"}
        };
        for (int a = 0; a < names.length; a++) {
            for (int b = a + 1; b < names.length; b++) {
                double spearman = 0.9 - 0.1 * (b - a) - 0.03 * a;
                rows.add(SyntheticRows.row(
                        Table.RANKING_AGREEMENT,
                        "method_a",
                        names[a][0],
                        "mode_a",
                        names[a][1],
                        "method_b",
                        names[b][0],
                        "mode_b",
                        names[b][1],
                        "candidates",
                        512,
                        "prompts",
                        128,
                        "spearman",
                        spearman,
                        "spearman_low",
                        spearman - 0.08,
                        "spearman_high",
                        spearman + 0.05,
                        "pearson",
                        spearman - 0.1,
                        "overlap",
                        18 - 3 * (b - a),
                        "top",
                        20));
            }
        }
        return rows;
    }
}
