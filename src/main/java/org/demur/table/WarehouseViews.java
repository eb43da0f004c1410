package org.demur.table;

import static org.apache.spark.sql.functions.lit;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.demur.schema.Table;

/** Makes every table of a warehouse a temporary view: all published runs together, with the run id as column {@code run}. */
public final class WarehouseViews {
    private WarehouseViews() {}

    /** Registers one view per table, named like it; a table without runs is an empty view. */
    public static void register(SparkSession spark, Warehouse warehouse) {
        for (Table table : Table.values()) {
            Dataset<Row> view = withRun(spark.createDataFrame(List.of(), table.schema()), "");
            for (RunId run : warehouse.catalog().runs(table)) {
                view = view.union(withRun(warehouse.read(table, run), run.value()));
            }
            view.createOrReplaceTempView(table.sqlName());
        }
    }

    private static Dataset<Row> withRun(Dataset<Row> rows, String run) {
        return rows.withColumn("run", lit(run));
    }
}
