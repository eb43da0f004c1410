package org.demur.table;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Identity of a stage's output: {@code r} and 12 hexadecimal digits, derived from everything that determines the
 * output. It starts with a letter because Spark reads partition folders such as {@code run=007} as numbers.
 */
public record RunId(String value) implements Serializable {
    private static final Pattern FORM = Pattern.compile("r[0-9a-f]{12}");

    /** Refuses every other form, so that a run id can safely become a folder name. */
    public RunId {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("A run id is r and 12 hexadecimal digits, got " + value);
        }
    }

    /** The id of a run that is fully described by this canonical JSON. */
    public static RunId of(String canonicalJson) {
        byte[] digest = Sha256.of(canonicalJson.getBytes(StandardCharsets.UTF_8));
        return new RunId("r" + HexFormat.of().formatHex(digest, 0, 6));
    }

    @Override
    public String toString() {
        return value;
    }
}
