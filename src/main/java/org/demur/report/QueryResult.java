package org.demur.report;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a query gave.
 *
 * @param sql the text that was run
 * @param rows the first rows, in the query's order
 * @param isCut whether there were more
 */
public record QueryResult(Query query, String sql, List<ResultRow> rows, boolean isCut) {

    /** The values of a column as text, each once, in order of appearance. */
    List<String> distinct(String column) {
        return rows.stream().map(row -> row.text(column)).distinct().toList();
    }

    /** The rows whose column holds that text. */
    List<ResultRow> where(String column, String value) {
        return stream(column, value).toList();
    }

    /** A result with only the rows whose column holds that text. */
    QueryResult only(String column, String value) {
        return new QueryResult(query, sql, stream(column, value).collect(Collectors.toList()), isCut);
    }

    private Stream<ResultRow> stream(String column, String value) {
        return rows.stream().filter(row -> row.text(column).equals(value));
    }
}
