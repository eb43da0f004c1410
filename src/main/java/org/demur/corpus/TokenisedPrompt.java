package org.demur.corpus;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.sql.Row;

/**
 * What extraction needs of a row of the table {@code prompts}.
 *
 * @param classes class of each token in lower case
 */
public record TokenisedPrompt(PromptKey key, int[] tokenIds, String[] classes) implements Serializable {

    /** Columns for {@link #of}. */
    public static final List<String> COLUMNS = List.of("set_name", "prompt_id", "kind", "token_ids", "token_classes");

    /** The prompt of a row of {@link #COLUMNS}. */
    public static TokenisedPrompt of(Row row) {
        List<Integer> ids = row.getList(3);
        List<String> classes = row.getList(4);
        return new TokenisedPrompt(
                key(row), ids.stream().mapToInt(Integer::intValue).toArray(), classes.toArray(String[]::new));
    }

    /** The key of a row whose first columns it is. */
    public static PromptKey key(Row row) {
        return new PromptKey(row.getString(0), row.getString(1), row.getString(2));
    }

    /** Number of tokens. */
    public int length() {
        return tokenIds.length;
    }
}
