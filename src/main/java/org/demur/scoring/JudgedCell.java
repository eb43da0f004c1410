package org.demur.scoring;

import static org.apache.spark.sql.functions.col;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * A cell of the sweep with the verdict on every prompt.
 *
 * @param facts its row of {@code sweep_summary}
 * @param refused whether the start of the answer was a refusal, by prompt id; prompts without a verdict are missing
 */
record JudgedCell(Row facts, Map<String, Boolean> refused) {

    /** Every cell, in the order of ids. */
    static List<JudgedCell> read(Dataset<Row> scores, Dataset<Row> summary) {
        Map<String, Map<String, Boolean>> verdicts = new HashMap<>();
        for (Row row : scores.where(col("refused_prefix").isNotNull())
                .select("cell_id", "prompt_id", "refused_prefix")
                .collectAsList()) {
            verdicts.computeIfAbsent(row.getString(0), cell -> new TreeMap<>())
                    .put(row.getString(1), row.getBoolean(2));
        }
        return summary.orderBy("cell_id").collectAsList().stream()
                .map(row -> new JudgedCell(row, verdicts.getOrDefault(row.<String>getAs("cell_id"), Map.of())))
                .toList();
    }

    String setName() {
        return facts.getAs("set_name");
    }

    String method() {
        return facts.getAs("method");
    }

    /** The feature set, for methods that edit one. */
    Optional<String> featureSet() {
        return Optional.ofNullable(facts.getAs("feature_set"));
    }

    int nFeatures() {
        return facts.<Integer>getAs("n_features");
    }

    boolean usedForSelection() {
        return Boolean.TRUE.equals(facts.<Boolean>getAs("used_for_selection"));
    }

    /** Change in cross-entropy on harmless text; NaN when it was not measured. */
    double crossEntropyChange() {
        Double change = facts.getAs("ce_change");
        return change == null ? Double.NaN : change;
    }

    /** The cell's id without feature set and size: equal for cells that differ in nothing else. */
    String condition() {
        String id = facts.getAs("cell_id");
        return featureSet()
                .map(set -> id.replace("/" + set + "/" + nFeatures(), ""))
                .orElse(id);
    }
}
