package org.demur.judge;

import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;

/** Brings the spellings of one phrase together: apostrophes, compatibility forms, white space, case. */
final class NormalisedText {
    /** Curly quotes, modifier letters, prime, grave and acute accents: all are typed for an apostrophe. */
    private static final Pattern APOSTROPHES =
            Pattern.compile("[\u2018\u2019\u201B\u02BC\u02B9\u2032\u0060\u00B4\uFF07]");

    private static final Pattern INVISIBLE = Pattern.compile("\\p{Cf}+");
    private static final Pattern WHITE_SPACE = Pattern.compile("[\\s\\p{Z}]+");

    private NormalisedText() {}

    static String of(String text) {
        // NFKC turns U+00B4 into a space and a combining accent, so the apostrophes go first.
        String apostrophes = APOSTROPHES.matcher(text).replaceAll("'");
        String compatible = Normalizer.normalize(apostrophes, Normalizer.Form.NFKC);
        String visible = INVISIBLE.matcher(compatible).replaceAll("");
        return WHITE_SPACE.matcher(visible).replaceAll(" ").strip().toLowerCase(Locale.ROOT);
    }
}
