package org.demur.report;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The results of a section's queries. A section gets nothing else to read numbers from, so every number has its SQL.
 *
 * @param results by query id, in the order they were asked
 */
public record Answers(Map<String, QueryResult> results) {
    /** Far above what a section draws; a result that is longer is cut with a note. */
    private static final int MAX_ROWS = 5000;

    /** Runs the queries in a session that has the tables as views. */
    static Answers ask(SparkSession views, TableRuns runs, List<Query> queries) {
        Map<String, QueryResult> results = new LinkedHashMap<>();
        for (Query query : queries) {
            String sql = query.sql(runs);
            List<Row> rows = views.sql(sql).limit(MAX_ROWS + 1).collectAsList();
            List<ResultRow> kept =
                    rows.stream().limit(MAX_ROWS).map(Answers::row).toList();
            results.put(query.id(), new QueryResult(query, sql, kept, rows.size() > MAX_ROWS));
        }
        return new Answers(results);
    }

    /** The result of a query of this section. */
    QueryResult of(String queryId) {
        QueryResult result = results.get(queryId);
        if (result == null) {
            throw new IllegalArgumentException("No query " + queryId + " among " + results.keySet());
        }
        return result;
    }

    private static ResultRow row(Row row) {
        Map<String, Object> values = new HashMap<>();
        for (String column : row.schema().fieldNames()) {
            Object value = row.getAs(column);
            if (value != null) {
                values.put(column, value);
            }
        }
        return new ResultRow(values);
    }
}
