package org.demur.report;

/**
 * A question to the tables. What the report shows and the SQL it prints are this one text.
 *
 * @param id names the result among those of a section
 * @param title what it asks, for the list of SQL
 * @param template SQL in which {@code {table}} stands for the condition that picks this study's run of the table
 */
public record Query(String id, String title, String template) {

    /** The SQL to run, without placeholders. */
    public String sql(TableRuns runs) {
        return runs.fill(template).strip();
    }
}
