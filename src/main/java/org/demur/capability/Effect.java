package org.demur.capability;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.apache.spark.sql.Row;
import org.demur.statistics.Bootstrap;
import org.demur.statistics.DiscordantPairs;
import org.demur.statistics.Interval;
import org.demur.statistics.Proportion;
import org.demur.statistics.SignFlips;

/**
 * What an intervention does to one measure, on the same items as without it.
 *
 * @param n items
 * @param tokens generated, scored or compared
 * @param value with the intervention
 * @param interval of the value
 * @param base without it
 * @param change interval of {@code value - base}, items resampled in pairs
 * @param p of the paired test
 */
record Effect(
        int n,
        long tokens,
        double value,
        Optional<Interval> interval,
        double base,
        Optional<Interval> change,
        Optional<Double> p) {

    /** Share of items answered rightly, with Wilson's interval and the exact McNemar test. */
    static Effect ofAnswers(List<Row> items, List<Row> base, Bootstrap bootstrap) {
        double[] differences = new double[items.size()];
        int hits = 0;
        int baseHits = 0;
        for (int i = 0; i < differences.length; i++) {
            requireSame(items.get(i), base.get(i));
            int own = items.get(i).<Boolean>getAs("correct") ? 1 : 0;
            int other = base.get(i).<Boolean>getAs("correct") ? 1 : 0;
            differences[i] = own - other;
            hits += own;
            baseHits += other;
        }
        Proportion rate = new Proportion(hits, differences.length);
        int won = (int) Arrays.stream(differences).filter(d -> d > 0).count();
        int lost = (int) Arrays.stream(differences).filter(d -> d < 0).count();
        return new Effect(
                differences.length,
                tokens(items),
                rate.rate(),
                Optional.of(rate.wilson(bootstrap.confidence())),
                (double) baseHits / differences.length,
                Optional.of(bootstrap.ofMean(differences)),
                Optional.of(new DiscordantPairs(won, lost).mcnemarP()));
    }

    /** Token-weighted cross-entropy; texts, not tokens, are resampled and flipped: tokens of one text depend on each other. */
    static Effect ofLosses(List<Row> items, Bootstrap bootstrap) {
        double[] differences =
                items.stream().mapToDouble(row -> value(row) - baseValue(row)).toArray();
        return new Effect(
                items.size(),
                tokens(items),
                sum(items, Effect::value) / tokens(items),
                Optional.of(perToken(items, Effect::value, bootstrap)),
                sum(items, Effect::baseValue) / tokens(items),
                Optional.of(perToken(items, row -> value(row) - baseValue(row), bootstrap)),
                Optional.of(SignFlips.p(differences, bootstrap.resamples(), bootstrap.seed())));
    }

    /** Mean divergence a position; the untouched model has none from itself, so there is nothing to test. */
    static Effect ofDivergences(List<Row> items, Bootstrap bootstrap) {
        Interval interval = perToken(items, Effect::value, bootstrap);
        return new Effect(
                items.size(),
                tokens(items),
                sum(items, Effect::value) / tokens(items),
                Optional.of(interval),
                0,
                Optional.of(interval),
                Optional.empty());
    }

    /**
     * The published cross-entropy (Yeo et al. 2025): the mean over batches of summed losses over batch size times padded
     * length, which counts masked and padded positions and so depends on them. Texts are batched in the order of ids.
     */
    static Effect ofPaddedLosses(List<Row> items, int batch) {
        return new Effect(
                items.size(),
                tokens(items),
                padded(items, batch, Effect::value),
                Optional.empty(),
                padded(items, batch, Effect::baseValue),
                Optional.empty(),
                Optional.empty());
    }

    private static double padded(List<Row> items, int size, ToDoubleFunction<Row> nats) {
        double sum = 0;
        int batches = 0;
        for (int from = 0; from < items.size(); from += size, batches++) {
            List<Row> batch = items.subList(from, Math.min(items.size(), from + size));
            int longest = batch.stream()
                    .mapToInt(row -> row.<Integer>getAs("text_tokens"))
                    .max()
                    .orElseThrow();
            sum += sum(batch, nats) / ((double) batch.size() * longest);
        }
        return sum / batches;
    }

    private static Interval perToken(List<Row> items, ToDoubleFunction<Row> nats, Bootstrap bootstrap) {
        double[] ofText = items.stream().mapToDouble(nats).toArray();
        int[] tokens =
                items.stream().mapToInt(row -> row.<Integer>getAs("tokens")).toArray();
        return bootstrap.interval(items.size(), drawn -> {
            double sum = 0;
            long count = 0;
            for (int i : drawn) {
                sum += ofText[i];
                count += tokens[i];
            }
            return sum / count;
        });
    }

    private static double sum(List<Row> items, ToDoubleFunction<Row> of) {
        return items.stream().mapToDouble(of).sum();
    }

    private static long tokens(List<Row> items) {
        return items.stream().mapToLong(row -> row.<Integer>getAs("tokens")).sum();
    }

    private static double value(Row row) {
        return row.<Double>getAs("value");
    }

    private static double baseValue(Row row) {
        return row.<Double>getAs("base_value");
    }

    private static void requireSame(Row item, Row base) {
        if (!item.getAs("item_id").equals(base.getAs("item_id"))) {
            throw new IllegalArgumentException(
                    "Item " + item.getAs("item_id") + " is compared with " + base.getAs("item_id"));
        }
    }
}
