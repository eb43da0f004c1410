package org.demur.report;

import java.util.List;
import java.util.Locale;

/** What {@link RankingSection} asks: refusal against set size by ranking, the areas under it, and their comparison. */
final class RankingQueries {
    static final String CURVES = "curves";
    static final String LEVELS = "levels";
    static final String AREAS = "areas";
    static final String PAIRS = "pairs";

    /** Cells that do nothing but scale features at every token; places: coefficient, the condition. */
    private static final String PLAIN_CELLS =
            """
            SELECT *, regexp_replace(feature_set, '^(random.*)_[0-9]+$', '$1') AS ranking
            FROM sweep_summary
            WHERE {sweep_summary} AND method = 'feature_scale' AND coefficient = %s
              AND %s
            """;

    private static final String BY_SIZE =
            """
            WITH cells AS (
            %s)
            SELECT set_name, label, ranking, n_features, count(*) AS sets, max(n) AS n,
              avg(refusal_prefix) AS refusal_prefix, min(refusal_prefix_low) AS refusal_prefix_low,
              max(refusal_prefix_high) AS refusal_prefix_high, avg(ce_change) AS ce_change,
              bool_or(coalesce(used_for_selection, false)) AS used_for_selection
            FROM cells
            GROUP BY set_name, label, ranking, n_features
            ORDER BY label = 'harmful' DESC, set_name, ranking, n_features
            """;

    /** Places: plain cells, feature set. */
    private static final String AREA =
            """
            WITH cells AS (
            %s), sizes AS (
              SELECT set_name, n_features, count(*) OVER (PARTITION BY set_name) AS wanted
              FROM cells WHERE feature_set = '%s'
            ), answers AS (
              SELECT c.set_name, c.label, c.ranking, s.prompt_id, c.n_features, max(z.wanted) AS wanted,
                avg(CAST(s.refused_prefix AS INT)) AS refused
              FROM cells c
              JOIN sizes z ON z.set_name = c.set_name AND z.n_features = c.n_features
              JOIN (SELECT * FROM scores WHERE {scores}) s ON s.cell_id = c.cell_id
              WHERE s.refused_prefix IS NOT NULL
              GROUP BY c.set_name, c.label, c.ranking, s.prompt_id, c.n_features
            ), prompts AS (
              SELECT set_name, label, ranking, prompt_id, avg(refused) AS area
              FROM answers
              GROUP BY set_name, label, ranking, prompt_id
              HAVING count(*) = max(wanted)
            )
            SELECT set_name, label, ranking, count(*) AS n, avg(area) AS area,
              greatest(0, avg(area) - 1.96 * stddev_samp(area) / sqrt(count(*))) AS area_low,
              least(1, avg(area) + 1.96 * stddev_samp(area) / sqrt(count(*))) AS area_high
            FROM prompts
            GROUP BY set_name, label, ranking
            ORDER BY label = 'harmful' DESC, set_name, area, ranking
            """;

    /**
     * Rankings that were compared with others than random sets and the direction, the feature set first; places: coefficient,
     * feature set.
     */
    private static final String COMPARISON =
            """
            SELECT set_name, label, ranking, other, other_draws, n, size(sizes) AS sizes, area, other_area,
              difference, difference_low, difference_high, p, p_holm, cohen_d, ce_change, other_ce_change,
              used_for_selection
            FROM method_comparison
            WHERE {method_comparison} AND method = 'feature_scale' AND coefficient = %s
              AND condition = concat_ws('/', set_name, method, CAST(coefficient AS STRING))
              AND ranking IN (
                SELECT ranking FROM method_comparison
                WHERE {method_comparison} AND other NOT LIKE 'random%%' AND other <> 'direction_ablation')
            ORDER BY ranking = '%s' DESC, ranking, label = 'harmful' DESC, set_name, other LIKE 'random%%', other = 'direction_ablation', other
            """;

    private RankingQueries() {}

    static List<Query> of(ReportSettings.HeadlineChoice choice) {
        String cells =
                format(PLAIN_CELLS, choice.coefficient(), PlainCells.CONDITION).indent(2);
        return List.of(
                new Query(CURVES, "Refusal by ranking and number of features", format(BY_SIZE, cells)),
                new Query(
                        LEVELS,
                        "Refusal without intervention and with the direction removed",
                        """
                        SELECT set_name, method, refusal_prefix, refusal_prefix_low, refusal_prefix_high
                        FROM sweep_summary
                        WHERE {sweep_summary} AND method IN ('none', 'direction_ablation')
                        ORDER BY set_name, method, cell_id
                        """),
                new Query(
                        AREAS,
                        "Area under refusal against set size, over the sizes of " + choice.featureSet(),
                        format(AREA, cells, choice.featureSet())),
                new Query(
                        PAIRS,
                        "Areas of rankings compared in pairs, those of " + choice.featureSet() + " first",
                        format(COMPARISON, choice.coefficient(), choice.featureSet())));
    }

    private static String format(String sql, Object... places) {
        return String.format(Locale.ROOT, sql, places);
    }
}
