package org.demur.runtime;

import java.util.Locale;

/** Words for how far a step is: amount, share, rate and time left. */
public final class Pace {
    private final String what;
    private final long total;
    private final String unit;
    private final long startedNanos;
    private long finished;

    /** A step that starts at the instant {@code startedNanos} of {@link System#nanoTime()}. */
    public Pace(String what, long total, String unit, long startedNanos) {
        this.what = what;
        this.total = total;
        this.unit = unit;
        this.startedNanos = startedNanos;
    }

    /** More units were finished. */
    public void advance(long amount) {
        finished += amount;
    }

    /** Share of the total that is finished, 0 to 1; 0 while the total is unknown. */
    public double share() {
        return total == 0 ? 0 : Math.min(1.0, (double) finished / total);
    }

    /** One line without a line break, such as {@code extract: 4 096 of 8 192 tokens (50 %), 900 tokens/s, 5 s left}. */
    public String line(long nowNanos) {
        double seconds = Math.max(1e-3, (nowNanos - startedNanos) / 1e9);
        double rate = finished / seconds;
        StringBuilder line = new StringBuilder(what).append(": ").append(finished);
        if (total > 0) {
            line.append(" of ").append(total);
        }
        line.append(' ').append(unit);
        if (total > 0) {
            line.append(String.format(Locale.ROOT, " (%.0f %%)", 100 * share()));
        }
        line.append(String.format(Locale.ROOT, rate < 10 ? ", %.1f %s/s" : ", %.0f %s/s", rate, unit));
        if (total > 0 && finished > 0) {
            line.append(", ").append(duration((total - finished) / rate)).append(" left");
        }
        return line.toString();
    }

    /** A duration for people: {@code 42 s}, {@code 3 min 05 s} or {@code 1 h 02 min}. */
    public static String duration(double seconds) {
        long whole = Math.max(0, Math.round(seconds));
        if (whole < 60) {
            return whole + " s";
        }
        return whole < 3600
                ? String.format(Locale.ROOT, "%d min %02d s", whole / 60, whole % 60)
                : String.format(Locale.ROOT, "%d h %02d min", whole / 3600, whole % 3600 / 60);
    }
}
