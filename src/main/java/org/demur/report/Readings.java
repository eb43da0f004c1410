package org.demur.report;

import org.demur.report.chart.Numbers;

/** Figures of a row as text, together with their intervals. */
final class Readings {
    private Readings() {}

    /** A share with its interval, such as "8.0 % [4.1, 15.0]". */
    static String share(ResultRow row, String value, String low, String high) {
        return Numbers.percent(row.number(value), 1) + interval(100 * row.number(low), 100 * row.number(high), 1);
    }

    /** A difference of shares in percentage points. */
    static String points(ResultRow row, String value, String low, String high) {
        return Numbers.fixed(100 * row.number(value), 1) + interval(100 * row.number(low), 100 * row.number(high), 1);
    }

    /** A number with that many decimals. */
    static String number(ResultRow row, String value, int decimals) {
        return Numbers.fixed(row.number(value), decimals)
                + interval(row.number(value + "_low"), row.number(value + "_high"), decimals);
    }

    static String probability(double p) {
        return p < 0.001 ? "< 0.001" : Numbers.fixed(p, 3);
    }

    private static String interval(double low, double high, int decimals) {
        return Double.isFinite(low) && Double.isFinite(high)
                ? "  [" + Numbers.fixed(low, decimals) + ", " + Numbers.fixed(high, decimals) + "]"
                : "";
    }
}
