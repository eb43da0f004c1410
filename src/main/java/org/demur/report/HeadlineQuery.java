package org.demur.report;

import java.util.Locale;

/** The cells of the sweep that answer the main question, one per prompt set and {@link Condition}. */
final class HeadlineQuery {
    static final String ID = "headline";

    /** Places: coefficient, number of features, feature set, chosen prompt set, plain cells. */
    private static final String SQL =
            """
            WITH cells AS (
              SELECT *, CASE
                  WHEN method = 'none' THEN 'base'
                  WHEN method = 'direction_ablation' THEN 'direction'
                  WHEN method = 'direction_addition' THEN 'addition'
                  WHEN method <> 'feature_scale' OR coefficient <> %1$s OR n_features <> %2$s THEN NULL
                  WHEN NOT (%5$s) THEN NULL
                  WHEN feature_set = '%3$s' THEN 'features'
                  WHEN feature_set = '%3$s_prompt' THEN 'features_of_prompt'
                  WHEN feature_set LIKE 'random%%' THEN 'random'
                END AS condition
              FROM sweep_summary WHERE {sweep_summary}
            ), main AS (
              SELECT set_name FROM cells
              ORDER BY set_name = '%4$s' DESC, label = 'harmful' DESC, n DESC, set_name LIMIT 1
            ), ranked AS (
              SELECT *, count(*) OVER (PARTITION BY set_name, condition) AS cells,
                row_number() OVER (PARTITION BY set_name, condition ORDER BY
                  CASE WHEN condition = 'addition' THEN -refusal_prefix ELSE overall END,
                  feature_set, cell_id) AS place
              FROM (
                SELECT *, min(CASE WHEN set_name = (SELECT set_name FROM main) THEN refusal_prefix END)
                  OVER (PARTITION BY condition, feature_set) AS overall
                FROM cells WHERE condition IS NOT NULL
              )
            )
            SELECT set_name, label, condition, feature_set, n_features, coefficient, cells, n,
              refusal_prefix, refusal_prefix_low, refusal_prefix_high, refusal_anywhere, mcnemar_p,
              became_refused, became_compliant, ce_tokens, ce_change, ce_change_low, ce_change_high, cell_id
            FROM ranked WHERE place = 1
            ORDER BY set_name = '%4$s' DESC, label = 'harmful' DESC, n DESC, set_name, condition
            """;

    private HeadlineQuery() {}

    /**
     * Of several random sets the one that lowers refusal most on the main prompt set stands in every row: the hardest
     * comparison for the attributed features, and the same features throughout.
     */
    static Query of(ReportSettings.HeadlineChoice choice) {
        String features = choice.nFeatures() > 0
                ? Integer.toString(choice.nFeatures())
                : "(SELECT max(n_features) FROM sweep_summary WHERE {sweep_summary} AND feature_set = '"
                        + choice.featureSet() + "' AND coefficient = " + choice.coefficient() + ")";
        return new Query(
                ID,
                "Refusal and cost of the compared conditions, per prompt set",
                String.format(
                        Locale.ROOT,
                        SQL,
                        choice.coefficient(),
                        features,
                        choice.featureSet(),
                        choice.set(),
                        PlainCells.CONDITION));
    }
}
