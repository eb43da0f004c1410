package org.demur.report.chart;

import java.util.List;
import java.util.stream.IntStream;

/**
 * A linear scale with ticks.
 *
 * @param label quantity and unit
 * @param low value at the start
 * @param high value at the end, greater than {@code low}
 * @param marks where ticks are
 * @param unit how ticks are written
 */
public record Axis(String label, double low, double high, Marks marks, Unit unit) {
    private static final int WANTED_TICKS = 5;
    private static final double STEP_MARGIN = 0.45;

    /** Where ticks are. */
    public sealed interface Marks {
        /** The values that get a tick. */
        List<Double> between(double low, double high);

        /** What is written at a tick. */
        String text(double value, Unit unit);
    }

    /** Ticks at the multiples of {@code step}. */
    public record Every(double step) implements Marks {
        @Override
        public List<Double> between(double low, double high) {
            int first = (int) Math.ceil(low / step - 1e-9);
            int last = (int) Math.floor(high / step + 1e-9);
            return IntStream.rangeClosed(first, last).mapToObj(i -> i * step).toList();
        }

        @Override
        public String text(double value, Unit unit) {
            return switch (unit) {
                case PLAIN -> Numbers.fixed(value, decimals(step));
                case PERCENT -> Numbers.percent(value, decimals(100 * step));
                case COUNT -> Numbers.compact(value);
            };
        }
    }

    /** A tick with a name at 0, 1, 2 and so on. */
    public record Named(List<String> names) implements Marks {
        public Named {
            names = List.copyOf(names);
        }

        @Override
        public List<Double> between(double low, double high) {
            return IntStream.range(0, names.size()).mapToObj(i -> (double) i).toList();
        }

        @Override
        public String text(double value, Unit unit) {
            return names.get((int) Math.round(value));
        }
    }

    /** How the numbers at the ticks are written. */
    public enum Unit {
        PLAIN,
        PERCENT,
        COUNT
    }

    /** A scale that ends on round numbers around {@code low} and {@code high}. */
    public static Axis around(String label, Unit unit, double low, double high) {
        double first = Double.isFinite(low) ? low : 0;
        double last = Double.isFinite(high) && high > first ? high : first + 1;
        double step = roundStep((last - first) / WANTED_TICKS);
        return new Axis(label, Math.floor(first / step) * step, Math.ceil(last / step) * step, new Every(step), unit);
    }

    /** A scale that ends at {@code low} and {@code high} themselves, with round ticks between. */
    public static Axis between(String label, Unit unit, double low, double high) {
        double last = high > low ? high : low + 1;
        return new Axis(label, low, last, new Every(roundStep((last - low) / WANTED_TICKS)), unit);
    }

    /** Whole numbers from {@code low} to {@code high}, such as layers; ticks never fall between them. */
    public static Axis wholeNumbers(String label, int low, int high) {
        double step = Math.max(1, roundStep((high - low) / (2.0 * WANTED_TICKS)));
        return new Axis(label, low, Math.max(high, low + 1), new Every(Math.ceil(step)), Unit.PLAIN);
    }

    /** Rates from 0 to 100 %. */
    public static Axis rates(String label) {
        return new Axis(label, 0, 1, new Every(0.25), Unit.PERCENT);
    }

    /** Named steps at 0, 1, 2 and so on, all equally far apart, with room on either side. */
    public static Axis steps(String label, List<String> names) {
        return new Axis(label, -STEP_MARGIN, names.size() - 1 + STEP_MARGIN, new Named(names), Unit.PLAIN);
    }

    /** Where {@code value} lies between the pixels {@code start} and {@code end}; values outside are drawn at the edge. */
    double at(double value, double start, double end) {
        double share = (value - low) / (high - low);
        return start + Math.max(0, Math.min(1, share)) * (end - start);
    }

    List<Double> ticks() {
        return marks.between(low, high);
    }

    String tickText(double value) {
        return marks.text(value, unit);
    }

    private static int decimals(double step) {
        return (int) Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
    }

    private static double roundStep(double wanted) {
        double power = Math.pow(10, Math.floor(Math.log10(wanted)));
        double lead = wanted / power;
        return power * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
    }
}
