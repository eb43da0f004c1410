package org.demur.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.demur.report.chart.Numbers;

/**
 * What paired comparisons of areas say about a ranking, in words: a difference counts when its p after Holm's correction is
 * below 0.05.
 *
 * @param ranking the one compared with every other
 * @param pairs rows of {@link RankingQueries#PAIRS}, of the prompt sets that count
 */
record RankingVerdict(RankingName ranking, List<ResultRow> pairs) {
    private static final double LEVEL = 0.05;

    /** On how many prompt sets fewer features suffice, and on how many more are needed, out of how many. */
    private record Tally(long fewer, long more, int sets) {

        static Tally of(List<ResultRow> pairs) {
            return new Tally(
                    count(pairs, row -> -row.number("difference")),
                    count(pairs, row -> row.number("difference")),
                    pairs.size());
        }

        private static long count(List<ResultRow> pairs, ToDoubleFunction<ResultRow> size) {
            return pairs.stream()
                    .filter(row -> row.number("p_holm") < LEVEL && size.applyAsDouble(row) > 0)
                    .count();
        }
    }

    /** A sentence for every group of rankings that fare alike. */
    List<String> sentences() {
        Map<Tally, List<RankingName>> alike = new LinkedHashMap<>();
        tallies().entrySet().stream()
                .filter(entry -> !isDirection(entry.getKey()))
                .sorted(Comparator.comparing(
                        entry -> entry.getValue().more() - entry.getValue().fewer()))
                .forEach(entry -> alike.computeIfAbsent(entry.getValue(), tally -> new ArrayList<>())
                        .add(entry.getKey()));
        return alike.entrySet().stream()
                .map(entry -> sentence(entry.getKey(), entry.getValue()))
                .toList();
    }

    private String sentence(Tally tally, List<RankingName> others) {
        String names = others.stream().map(RankingName::inSentence).collect(Collectors.joining(", "));
        String subject = ranking.label();
        if (tally.fewer() == 0 && tally.more() == 0) {
            return subject + " can’t be told apart from " + names + " on any of " + sets(tally.sets())
                    + " (Holm p ≥ 0.05).";
        }
        String fewer = tally.fewer() > 0
                ? "fewer features than " + names + " on " + tally.fewer() + " of " + sets(tally.sets())
                : "";
        String more = tally.more() > 0
                ? "more features than " + names + " on " + tally.more() + " of " + sets(tally.sets())
                : "";
        return subject + " needs "
                + Stream.of(fewer, more).filter(part -> !part.isEmpty()).collect(Collectors.joining(" and "))
                + " (Holm p < 0.05).";
    }

    /** Which ranking the comparisons speak for: this one, unless others beat it on more sets than they lose to it. */
    String choice() {
        Map<RankingName, Tally> better = new LinkedHashMap<>();
        tallies().forEach((other, tally) -> {
            if (!other.isRandom() && !isDirection(other) && tally.more() > tally.fewer()) {
                better.put(other, tally);
            }
        });
        if (better.isEmpty()) {
            return "No other ranking does with fewer features on more sets than " + ranking.label() + " does, so "
                    + ranking.label() + " stays the default.";
        }
        RankingName best = better.keySet().stream()
                .min(Comparator.comparingDouble(this::meanArea))
                .orElseThrow();
        return best.label() + " deserves to be the default: of the rankings that do with fewer features than "
                + ranking.label() + " it has the smallest area, " + Numbers.percent(meanArea(best), 1)
                + " on average over the prompt sets, against " + Numbers.percent(ownMeanArea(best), 1) + ".";
    }

    /** How far apart the rankings are in what they cost; empty where it was not measured. */
    Optional<String> cost() {
        double[] changes = pairs.stream()
                .filter(row -> !new RankingName(row.text("other")).isRandom())
                .flatMapToDouble(row -> DoubleStream.of(row.number("ce_change"), row.number("other_ce_change")))
                .filter(Double::isFinite)
                .toArray();
        OptionalDouble low = Arrays.stream(changes).min();
        OptionalDouble high = Arrays.stream(changes).max();
        return low.isPresent()
                ? Optional.of("What that costs: cross-entropy on harmless text changes by "
                        + Numbers.fixed(low.getAsDouble(), 3) + " to " + Numbers.fixed(high.getAsDouble(), 3)
                        + " nats per token over these rankings and the direction, mean over sizes.")
                : Optional.empty();
    }

    private Map<RankingName, Tally> tallies() {
        Map<RankingName, Tally> tallies = new LinkedHashMap<>();
        pairs.stream()
                .collect(Collectors.groupingBy(row -> row.text("other"), LinkedHashMap::new, Collectors.toList()))
                .forEach((other, rows) -> tallies.put(new RankingName(other), Tally.of(rows)));
        return tallies;
    }

    private double meanArea(RankingName other) {
        return mean(other, "other_area");
    }

    private double ownMeanArea(RankingName other) {
        return mean(other, "area");
    }

    private double mean(RankingName other, String column) {
        return pairs.stream()
                .filter(row -> row.text("other").equals(other.id()))
                .mapToDouble(row -> row.number(column))
                .average()
                .orElse(Double.NaN);
    }

    private static boolean isDirection(RankingName name) {
        return name.id().equals("direction_ablation");
    }

    private static String sets(int count) {
        return count + (count == 1 ? " prompt set" : " prompt sets");
    }
}
