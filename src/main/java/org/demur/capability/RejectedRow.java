package org.demur.capability;

import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * A row of a benchmark's file that cannot be used.
 *
 * @param id as far as it could be read, else empty
 * @param reason a code of the table {@code quarantine}
 * @param detail values behind the reason, never text of the row
 */
record RejectedRow(String benchmark, String file, long line, String id, String reason, String detail) {

    Row tableRow() {
        return RowFactory.create(
                "capability",
                benchmark,
                file,
                line,
                id.isEmpty() ? null : id,
                reason,
                detail.isEmpty() ? null : detail);
    }
}
