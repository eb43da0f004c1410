package org.demur.report.chart;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;

/** Numbers as people read them; an undefined number is a dash. */
public final class Numbers {
    private static final String UNDEFINED = "–";
    private static final String MINUS = "−";

    private Numbers() {}

    /** A rate as per cent with that many decimals, such as "3.7 %". */
    public static String percent(double rate, int decimals) {
        return Double.isFinite(rate) ? fixed(100 * rate, decimals) + "\u00A0%" : UNDEFINED;
    }

    /** That many decimals, with a true minus sign. */
    public static String fixed(double value, int decimals) {
        if (!Double.isFinite(value)) {
            return UNDEFINED;
        }
        BigDecimal rounded = BigDecimal.valueOf(value).setScale(decimals, RoundingMode.HALF_EVEN);
        return signed(rounded.signum() == 0 ? rounded.abs().toPlainString() : rounded.toPlainString());
    }

    /** Three significant digits, in scientific form outside 0.001 to 99,999. */
    public static String significant(double value) {
        if (!Double.isFinite(value)) {
            return UNDEFINED;
        }
        double size = Math.abs(value);
        if (size == 0) {
            return "0";
        }
        if (size < 1e-3 || size >= 1e5) {
            return signed(String.format(Locale.ROOT, "%.1e", value));
        }
        int decimals = Math.max(0, 2 - (int) Math.floor(Math.log10(size)));
        return fixed(value, decimals);
    }

    /** At most four decimals and no trailing zeros, for settings such as a coefficient. */
    public static String plain(double value) {
        if (!Double.isFinite(value)) {
            return UNDEFINED;
        }
        BigDecimal rounded = BigDecimal.valueOf(value).setScale(4, RoundingMode.HALF_EVEN);
        return signed(rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString());
    }

    /** A whole number with thousands separators. */
    public static String count(long value) {
        return signed(String.format(Locale.ROOT, "%,d", value));
    }

    /** A count on an axis: 400000 is "400k". */
    static String compact(double value) {
        double size = Math.abs(value);
        if (size >= 1e6) {
            return trimmed(value / 1e6) + "M";
        }
        return size >= 1e3 ? trimmed(value / 1e3) + "k" : trimmed(value);
    }

    /** A position in an SVG attribute: at most two decimals. */
    static String coordinate(double value) {
        return BigDecimal.valueOf(value)
                .setScale(2, RoundingMode.HALF_EVEN)
                .stripTrailingZeros()
                .toPlainString();
    }

    private static String trimmed(double value) {
        return signed(coordinate(value));
    }

    private static String signed(String text) {
        return text.startsWith("-") ? MINUS + text.substring(1) : text;
    }
}
