package org.demur.prompts;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;
import org.demur.table.Sha256;

/**
 * Stands for a prompt's text up to spelling: texts that differ only in case, punctuation, kinds of apostrophe, invisible
 * characters or white space have equal keys, and any other difference makes another key. Half of a SHA-256, so that
 * keys can be compared and joined without texts.
 *
 * @param high the first 64 bits of the digest
 * @param low the next 64
 */
public record TextKey(long high, long low) implements Serializable {
    /** Everything typed for an apostrophe, which joins a word instead of ending it; taken before NFKC alters them. */
    private static final Pattern APOSTROPHES =
            Pattern.compile("['\u2018\u2019\u201B\u02BC\u02B9\u2032\u0060\u00B4\uFF07]");

    private static final Pattern INVISIBLE = Pattern.compile("\\p{Cf}+");
    private static final Pattern BETWEEN_WORDS = Pattern.compile("[^\\p{L}\\p{M}\\p{N}]+");

    /** The key of a text. */
    public static TextKey of(String text) {
        ByteBuffer digest = ByteBuffer.wrap(Sha256.of(normalised(text).getBytes(StandardCharsets.UTF_8)));
        return new TextKey(digest.getLong(), digest.getLong());
    }

    /**
     * Where the text stands between 0 (inclusive) and 1 (exclusive). Texts are spread evenly, equal texts stand at the
     * same place in every set, and nothing else matters: neither order nor seed.
     */
    public double place() {
        return (high >>> 11) * 0x1p-53;
    }

    /** Words in lower case with one space between them; a text without letters and digits stays itself. */
    static String normalised(String text) {
        String joined = APOSTROPHES.matcher(text).replaceAll("");
        String compatible = Normalizer.normalize(joined, Normalizer.Form.NFKC);
        String visible = INVISIBLE.matcher(compatible).replaceAll("");
        // By way of upper case, in which letters meet that have several lower-case forms, such as the two Greek sigmas.
        String folded = visible.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
        String words = BETWEEN_WORDS.matcher(folded).replaceAll(" ").strip();
        return words.isEmpty() ? text.strip() : words;
    }
}
