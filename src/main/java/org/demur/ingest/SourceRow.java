package org.demur.ingest;

import java.util.Map;
import java.util.Optional;

/** What a reader makes of one row of a source file. */
sealed interface SourceRow {

    /** Line or row of the source, counted from 1. */
    long line();

    /**
     * A row with the right columns. Absent texts are empty.
     *
     * @param extra the columns that have no column of their own in the table
     */
    record Read(
            long line,
            String id,
            String prompt,
            String target,
            String label,
            String category,
            Map<String, String> extra)
            implements SourceRow {}

    /**
     * A row that cannot be used.
     *
     * @param id as far as it could be read, else empty
     * @param detail values behind the reason, never text of the row
     */
    record Rejected(long line, String id, RejectReason reason, String detail) implements SourceRow {}

    /** Text as a nullable table value. */
    static String nullable(String text) {
        return Optional.of(text).filter(present -> !present.isEmpty()).orElse(null);
    }
}
