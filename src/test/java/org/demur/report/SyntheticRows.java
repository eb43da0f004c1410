package org.demur.report;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructField;
import org.demur.schema.Table;

/** Rows of tables by column name; what is not named is NULL. */
final class SyntheticRows {
    private SyntheticRows() {}

    static Row row(Table table, Object... keysAndValues) {
        return row(table, values(keysAndValues));
    }

    static Row row(Table table, Map<String, Object> values) {
        return RowFactory.create(Arrays.stream(table.schema().fields())
                .map(StructField::name)
                .map(values::get)
                .toArray());
    }

    static Map<String, Object> values(Object... keysAndValues) {
        Map<String, Object> values = new HashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            values.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return values;
    }

    /** A row as a section gets it. */
    static ResultRow result(Object... keysAndValues) {
        return new ResultRow(values(keysAndValues));
    }

    static String label(String set) {
        return set.equals("harmless") ? "harmless" : "harmful";
    }
}
