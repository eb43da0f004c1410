package org.demur.report;

import static org.demur.report.SyntheticRows.values;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.demur.schema.Table;

/** Made-up benchmarks under a few interventions. */
final class SyntheticCapability {
    private static final List<Map<String, Object>> INTERVENTIONS = List.of(
            values("intervention_id", "none", "method", "none", "n_features", 0),
            values("intervention_id", "direction_ablation", "method", "direction_ablation", "n_features", 0),
            scaled("fstar"),
            scaled("random_0"));

    private SyntheticCapability() {}

    private static Map<String, Object> scaled(String features) {
        return values(
                "intervention_id",
                "feature_scale/" + features + "/20/0.0",
                "method",
                "feature_scale",
                "feature_set",
                features,
                "n_features",
                20,
                "coefficient",
                0.0);
    }

    static List<Row> capability() {
        List<Row> rows = new ArrayList<>();
        add(rows, List.of("gsm8k", "accuracy", "zero_shot_corrected"), 0.062, 0.02);
        add(rows, List.of("arc", "accuracy", "letter_corrected"), 0.31, 0.03);
        add(rows, List.of("arc", "accuracy", "likelihood_per_token"), 0.34, 0.01);
        add(rows, List.of("dolly", "cross_entropy", "corrected"), 2.1, -0.012);
        add(rows, List.of("dolly", "cross_entropy", "faithful"), 1.4, -0.009);
        add(rows, List.of("dolly", "divergence", "corrected"), 0, -0.03);
        return rows;
    }

    private static void add(List<Row> rows, List<String> key, double base, double loss) {
        for (int i = 0; i < INTERVENTIONS.size(); i++) {
            double change = i == 0 ? 0 : -loss * i;
            boolean isFaithful = key.get(2).equals("faithful");
            Map<String, Object> row = new HashMap<>(INTERVENTIONS.get(i));
            row.putAll(values("benchmark", key.get(0), "metric", key.get(1), "mode", key.get(2), "n", 200));
            row.putAll(values("base_value", base, "value", base + change));
            row.putAll(values(
                    "value_low", isFaithful ? null : base + change - 0.03,
                    "value_high", isFaithful ? null : base + change + 0.03));
            if (i > 0) {
                row.putAll(values("difference", change, "p_value", 0.02 * i, "p_holm", 0.06));
                row.putAll(values(
                        "difference_low", isFaithful ? null : change - 0.01,
                        "difference_high", isFaithful ? null : change + 0.01));
            }
            rows.add(SyntheticRows.row(Table.CAPABILITY, row));
        }
    }

    static List<Row> overRefusal() {
        double[] harmless = {0.42, 0.01, 0.05, 0.41};
        double[] harmful = {0.93, 0.02, 0.11, 0.92};
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < INTERVENTIONS.size(); i++) {
            Map<String, Object> row = new HashMap<>(INTERVENTIONS.get(i));
            row.putAll(values("cell_id", "xstest/" + row.get("intervention_id"), "set_name", "xstest"));
            row.putAll(values("harmless_n", 250, "harmless_refused", harmless[i]));
            row.putAll(values("harmless_refused_low", harmless[i] - 0.01, "harmless_refused_high", harmless[i] + 0.05));
            row.putAll(values("harmful_n", 200, "harmful_refused", harmful[i]));
            row.putAll(values("harmful_refused_low", harmful[i] - 0.02, "harmful_refused_high", harmful[i] + 0.03));
            row.putAll(values("separation", harmful[i] - harmless[i], "harmless_mcnemar_p", i == 0 ? null : 1e-5));
            rows.add(SyntheticRows.row(Table.OVER_REFUSAL, row));
        }
        return rows;
    }
}
