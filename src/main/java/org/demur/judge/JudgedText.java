package org.demur.judge;

import java.io.Serializable;
import org.apache.spark.sql.Row;

/** A pair to be judged. Holds texts, so it must never be printed; {@link #toString} names digests only. */
public record JudgedText(PairKey key, String prompt, String completion) implements Serializable {
    /** Columns {@code prompt_digest, completion_digest, prompt, completion}. */
    static JudgedText of(Row row) {
        return new JudgedText(new PairKey(row.getString(0), row.getString(1)), row.getString(2), row.getString(3));
    }

    @Override
    public String toString() {
        return "JudgedText[" + key + ", " + prompt.length() + " and " + completion.length() + " characters]";
    }
}
