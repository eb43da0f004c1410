package org.demur.report;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.demur.schema.Table;

/** Made-up judges, tuning trials and stabilities. */
final class SyntheticJudges {
    private SyntheticJudges() {}

    static List<Row> rates() {
        List<Row> rows = new ArrayList<>();
        add(rows, "phrases", "refused", new double[] {0.89, 0.0, 0.08});
        add(rows, "classifier", "harmful", new double[] {0.04, 0.71, 0.66});
        return rows;
    }

    private static void add(List<Row> rows, String judge, String question, double[] yes) {
        String[] cells = {"none", "direction_ablation", "feature_scale/fstar/20/0.0"};
        for (int i = 0; i < cells.length; i++) {
            rows.add(SyntheticRows.row(
                    Table.JUDGE_RATES,
                    "judge",
                    judge,
                    "cell_id",
                    "jailbreakbench/" + cells[i],
                    "set_name",
                    "jailbreakbench",
                    "question",
                    question,
                    "n",
                    98,
                    "n_unanswered",
                    2,
                    "yes",
                    yes[i],
                    "yes_low",
                    Math.max(0, yes[i] - 0.07),
                    "yes_high",
                    Math.min(1, yes[i] + 0.06),
                    "yes_anywhere",
                    yes[i]));
        }
    }

    static List<Row> agreement() {
        return List.of(SyntheticRows.row(
                Table.JUDGE_AGREEMENT,
                "judge_a",
                "phrases",
                "judge_b",
                "classifier",
                "n",
                1200,
                "both_refused",
                700,
                "only_a",
                40,
                "only_b",
                60,
                "neither",
                400,
                "agreement",
                0.917,
                "kappa",
                0.82,
                "kappa_low",
                0.78,
                "kappa_high",
                0.86));
    }

    static List<Row> tuning() {
        List<Row> rows = new ArrayList<>();
        double[] factors = {-1, 0, 0.5};
        for (int size : new int[] {1, 5, 20}) {
            for (double factor : factors) {
                double effect = (1 - Math.exp(-0.2 * size)) * (1 - 0.6 * Math.max(0, factor)) + (factor < 0 ? 0.01 : 0);
                double cost = 0.002 * size * (1 - factor);
                boolean isChosen = size == 20 && factor == 0;
                rows.add(SyntheticRows.row(
                        Table.TUNING,
                        "target",
                        "feature_scale/fstar",
                        "label",
                        "harmful",
                        "set_names",
                        new String[] {"harmful_tune"},
                        "intervention_id",
                        "feature_scale/fstar/" + size + "/" + factor,
                        "method",
                        "feature_scale",
                        "feature_set",
                        "fstar",
                        "n_features",
                        size,
                        "coefficient",
                        factor,
                        "n",
                        80,
                        "effect",
                        effect,
                        "effect_low",
                        Math.max(0, effect - 0.1),
                        "effect_high",
                        Math.min(1, effect + 0.08),
                        "ce_change",
                        cost,
                        "ce_change_low",
                        cost - 0.004,
                        "ce_change_high",
                        cost + 0.005,
                        "on_front",
                        factor <= 0,
                        "chosen",
                        isChosen,
                        "reason",
                        isChosen ? "most effect within the bound" : "less effect"));
            }
        }
        return rows;
    }

    static List<Row> stability() {
        return List.of(stable("bootstrap", 200, 0.991), stable("split_half", 100, 0.972), stable("lda", 1, 0.63));
    }

    private static Row stable(String comparison, int resamples, double cosine) {
        return SyntheticRows.row(
                Table.DIRECTION_STABILITY,
                "layer",
                20,
                "position",
                -1,
                "kind",
                "difference_in_means",
                "comparison",
                comparison,
                "n_harmful",
                128,
                "n_harmless",
                128,
                "resamples",
                resamples,
                "cosine",
                cosine,
                "cosine_low",
                resamples > 1 ? cosine - 0.02 : null,
                "cosine_high",
                resamples > 1 ? cosine + 0.005 : null);
    }

    /** Candidates of other kinds than the selected one. */
    static List<Row> otherDirections() {
        List<Row> rows = new ArrayList<>();
        for (String kind : List.of("lda", "logistic")) {
            for (int layer = 10; layer < 20; layer++) {
                rows.add(SyntheticRows.row(
                        Table.DIRECTIONS,
                        "layer",
                        layer,
                        "position",
                        -1,
                        "token",
                        "\n",
                        "kind",
                        kind,
                        "bypass",
                        -1.0 * layer,
                        "induce",
                        2.0,
                        "kl",
                        0.1,
                        "norm",
                        4.0,
                        "judged_refusal",
                        0.03,
                        "status",
                        kind.equals("lda") ? "kept" : "discarded"));
            }
        }
        return rows;
    }
}
