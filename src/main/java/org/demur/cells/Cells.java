package org.demur.cells;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** The cells that a table of completions holds. */
public final class Cells {
    private Cells() {}

    /** Every cell once, ordered by id. */
    public static List<Cell> read(Dataset<Row> completions) {
        return completions
                .select("cell_id", "set_name", "method", "feature_set", "n_features", "coefficient", "intervention")
                .distinct()
                .orderBy("cell_id")
                .collectAsList()
                .stream()
                .map(Cells::cell)
                .toList();
    }

    /** A row that says nothing of an intervention stands for the plain action that its columns name. */
    private static Cell cell(Row row) {
        Cell plain = Cell.of(
                row.getString(1),
                Method.of(row.getString(2)),
                row.isNullAt(3) ? "" : row.getString(3),
                row.getInt(4),
                row.isNullAt(5) ? 0 : row.getDouble(5));
        return new Cell(
                row.getString(0),
                plain.setName(),
                plain.method(),
                plain.featureSet(),
                plain.nFeatures(),
                plain.coefficient(),
                row.isNullAt(6) ? plain.intervention() : row.getString(6));
    }
}
