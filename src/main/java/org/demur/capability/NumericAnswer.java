package org.demur.capability;

import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the number that answers a word problem. */
final class NumericAnswer {
    private static final Pattern NUMBER = Pattern.compile("-?\\d+(?:\\.\\d+)?");
    private static final Pattern WITH_COMMAS = Pattern.compile("-?(?:\\d{1,3}(?:,\\d{3})+|\\d+)(?:\\.\\d+)?|-?\\.\\d+");
    private static final String MARK = "####";

    private NumericAnswer() {}

    /**
     * The published reading (Yeo et al. 2025): the first number of the text that follows the cue, commas removed, spelt
     * as Python prints it, so that 18.00 becomes 18.0 and differs from 18. Empty when there is none.
     */
    static Optional<String> published(String afterCue) {
        Matcher found = NUMBER.matcher(afterCue.replace(",", ""));
        return found.find() ? Optional.of(spelling(found.group())) : Optional.empty();
    }

    /**
     * The corrected reading: the first number behind the last {@code ####}, or else the last number of the answer.
     * Commas count only between groups of three digits. Empty when there is none.
     */
    static Optional<String> corrected(String answer) {
        int mark = answer.lastIndexOf(MARK);
        if (mark >= 0) {
            Matcher behind = WITH_COMMAS.matcher(answer.substring(mark + MARK.length()));
            if (behind.find()) {
                return Optional.of(behind.group().replace(",", ""));
            }
        }
        Matcher found = WITH_COMMAS.matcher(answer);
        Optional<String> last = Optional.empty();
        while (found.find()) {
            last = Optional.of(withoutHyphen(answer, found).replace(",", ""));
        }
        return last;
    }

    /** Whether two numbers are the same, however they are spelt. */
    static boolean isEqual(String number, String gold) {
        return new BigDecimal(number).compareTo(new BigDecimal(gold)) == 0;
    }

    /** A whole number without leading zeros; any other as the shortest decimal that names its double. */
    static String spelling(String number) {
        if (!number.contains(".")) {
            return new BigDecimal(number).toBigInteger().toString();
        }
        String plain = new BigDecimal(Double.toString(Double.parseDouble(number))).toPlainString();
        return plain.contains(".") ? plain : plain + ".0";
    }

    /** In "16-3" and "2024-07" the hyphen is no sign. */
    private static String withoutHyphen(String text, Matcher found) {
        String number = found.group();
        boolean followsADigit = found.start() > 0 && Character.isLetterOrDigit(text.charAt(found.start() - 1));
        return number.startsWith("-") && followsADigit ? number.substring(1) : number;
    }
}
