package org.demur.report;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.demur.runtime.StageContext;
import org.demur.schema.Table;
import org.demur.table.RunId;
import org.demur.table.Warehouse;

/**
 * The runs behind a report, table by table.
 *
 * @param runs the runs that published each table; empty where none did
 */
public record TableRuns(Map<Table, List<RunId>> runs) {

    /** The runs among the inputs of this stage. */
    public static TableRuns of(StageContext context) {
        List<RunId> inputs = context.inputRuns().values().stream()
                .distinct()
                .sorted(java.util.Comparator.comparing(RunId::value))
                .toList();
        Map<Table, List<RunId>> runs = new EnumMap<>(Table.class);
        for (Table table : Table.values()) {
            runs.put(
                    table,
                    inputs.stream()
                            .filter(run -> context.warehouse().isPublished(table, run))
                            .toList());
        }
        return new TableRuns(runs);
    }

    /** A session of its own in which every table is a view of these runs, with the column {@code run} first. */
    SparkSession views(StageContext context) {
        SparkSession session = context.spark().newSession();
        Warehouse warehouse = new Warehouse(session, context.warehouse().catalog());
        for (Table table : Table.values()) {
            List<Dataset<Row>> parts = new ArrayList<>();
            parts.add(withRun(session.createDataFrame(List.<Row>of(), table.schema()), ""));
            runs.get(table).forEach(run -> parts.add(withRun(warehouse.read(table, run), run.value())));
            parts.stream().reduce(Dataset::union).orElseThrow().createOrReplaceTempView(table.sqlName());
        }
        return session;
    }

    /** Replaces {@code {table}} by the condition on the column {@code run}. */
    String fill(String template) {
        String sql = template;
        for (Table table : Table.values()) {
            sql = sql.replace("{" + table.sqlName() + "}", condition(runs.getOrDefault(table, List.of())));
        }
        return sql;
    }

    private static String condition(List<RunId> ids) {
        return switch (ids.size()) {
            case 0 -> "run IS NULL";
            case 1 -> "run = '" + ids.get(0) + "'";
            default -> ids.stream().map(id -> "'" + id + "'").collect(Collectors.joining(", ", "run IN (", ")"));
        };
    }

    private static Dataset<Row> withRun(Dataset<Row> rows, String run) {
        return rows.select(functions.lit(run).as("run"), functions.col("*"));
    }
}
