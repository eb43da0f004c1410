package org.demur.report;

/** The cells of a sweep that do no more than their columns say: one action, at every token, with nothing held or required. */
final class PlainCells {
    /** SQL that holds for such a row of {@code sweep_summary}: its id is nothing but its columns. */
    static final String CONDITION =
            """
            cell_id = concat_ws('/', set_name, method, feature_set,
                IF(feature_set IS NULL, NULL, CAST(n_features AS STRING)), CAST(coefficient AS STRING))"""
                    .strip();

    private PlainCells() {}
}
