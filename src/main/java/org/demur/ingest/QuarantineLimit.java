package org.demur.ingest;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.demur.config.ConfigSection;

/**
 * How many bad rows a run may set aside and still succeed.
 *
 * @param amount rows, or percent of the rows read
 * @param isPercent which of the two
 */
record QuarantineLimit(double amount, boolean isPercent) {
    private static final Pattern FORM = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*(%?)");

    /** Reads {@code quarantine-limit}: a count such as 12, or a share such as "1 %". */
    static QuarantineLimit from(ConfigSection prompts) {
        Matcher given = FORM.matcher(prompts.string("quarantine-limit").strip());
        if (!given.matches()) {
            throw prompts.invalid(
                    "quarantine-limit", "it is neither a count nor a percentage", "write for example 0, 12 or \"1 %\"");
        }
        return new QuarantineLimit(
                Double.parseDouble(given.group(1)), !given.group(2).isEmpty());
    }

    /** Whether that many bad rows among that many read are too many. */
    boolean isExceeded(long bad, long read) {
        return isPercent ? bad * 100.0 > amount * read : bad > amount;
    }

    @Override
    public String toString() {
        return amount + (isPercent ? " %" : " rows");
    }
}
