package org.demur.capability;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.demur.runtime.RunSeed;
import org.demur.statistics.Bootstrap;
import org.demur.statistics.Holm;

/** The table {@code capability}: the rows of {@code capability_items} summed up, each intervention against none. */
final class CapabilityTable {
    /** Fixed, because the column comments of the table state it. */
    static final double CONFIDENCE = 0.95;

    private final CapabilitySettings.Measures measures;
    private final RunSeed seed;
    private final Map<String, Treatment> treatments = new LinkedHashMap<>();

    CapabilityTable(CapabilitySettings.Measures measures, RunSeed seed, List<Treatment> treatments) {
        this.measures = measures;
        this.seed = seed;
        treatments.forEach(treatment -> this.treatments.put(treatment.id(), treatment));
    }

    /** What is summed up together: one way to measure one benchmark. */
    private record Measure(String benchmark, String metric, String mode) implements Comparable<Measure> {
        @Override
        public int compareTo(Measure other) {
            return spelled().compareTo(other.spelled());
        }

        private String spelled() {
            return benchmark + "\n" + metric + "\n" + mode;
        }
    }

    /** One row a measure and intervention, in the order of measures, then of interventions with none first. */
    List<Row> rows(Dataset<Row> items) {
        Map<Measure, Map<String, Sample>> samples = new TreeMap<>();
        items.orderBy("benchmark", "metric", "mode", "intervention_id", "item_id")
                .collectAsList()
                .forEach(row -> samples.computeIfAbsent(
                                new Measure(row.getAs("benchmark"), row.getAs("metric"), row.getAs("mode")),
                                measure -> new LinkedHashMap<>())
                        .computeIfAbsent(row.getAs("intervention_id"), id -> new Sample(new ArrayList<>()))
                        .items()
                        .add(row));
        List<Row> rows = new ArrayList<>();
        samples.forEach((measure, byIntervention) -> rows.addAll(rows(measure, byIntervention)));
        return rows;
    }

    /** The rows of one intervention, by item id. */
    record Sample(List<Row> items) {}

    private List<Row> rows(Measure measure, Map<String, Sample> byIntervention) {
        Bootstrap bootstrap = new Bootstrap(
                measures.resamples(), CONFIDENCE, seed.derive("capability bootstrap " + measure.spelled()));
        Sample base = byIntervention.get(Treatment.NONE.id());
        List<Sample> ordered = new ArrayList<>(List.of(base));
        byIntervention.values().stream().filter(sample -> sample != base).forEach(ordered::add);
        List<Row> rows = new ArrayList<>();
        switch (measure.metric()) {
            case "accuracy" ->
                rows.addAll(
                        rows(measure, ordered, sample -> Effect.ofAnswers(sample.items(), base.items(), bootstrap)));
            case "divergence" ->
                rows.addAll(rows(
                        new Measure(measure.benchmark(), measure.metric(), "corrected"),
                        ordered,
                        sample -> Effect.ofDivergences(sample.items(), bootstrap)));
            default -> {
                rows.addAll(rows(
                        new Measure(measure.benchmark(), measure.metric(), "corrected"),
                        ordered,
                        sample -> Effect.ofLosses(sample.items(), bootstrap)));
                rows.addAll(rows(
                        new Measure(measure.benchmark(), measure.metric(), "faithful"),
                        ordered,
                        sample -> Effect.ofPaddedLosses(sample.items(), measures.faithfulBatch())));
            }
        }
        return rows;
    }

    private interface Comparison {
        Effect of(Sample sample);
    }

    private List<Row> rows(Measure measure, List<Sample> ordered, Comparison comparison) {
        List<Effect> effects = ordered.stream().map(comparison::of).toList();
        List<Optional<Double>> holm = holm(effects.subList(1, effects.size()));
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < effects.size(); i++) {
            Optional<Double> corrected = i == 0 ? Optional.empty() : holm.get(i - 1);
            rows.add(row(measure, ordered.get(i), effects.get(i), new Tested(i > 0, corrected)));
        }
        return rows;
    }

    /** Corrected over the interventions of one measure. */
    private static List<Optional<Double>> holm(Collection<Effect> effects) {
        if (effects.stream().anyMatch(effect -> effect.p().isEmpty())) {
            return effects.stream().map(effect -> Optional.<Double>empty()).toList();
        }
        double[] adjusted = Holm.adjusted(
                effects.stream().mapToDouble(effect -> effect.p().orElseThrow()).toArray());
        List<Optional<Double>> result = new ArrayList<>();
        for (double p : adjusted) {
            result.add(Optional.of(p));
        }
        return result;
    }

    /** Whether a row is compared with none, and its corrected p. */
    private record Tested(boolean isCompared, Optional<Double> holmP) {}

    private Row row(Measure measure, Sample item, Effect effect, Tested tested) {
        Row first = item.items().get(0);
        boolean isCompared = tested.isCompared();
        return RowFactory.create(
                measure.benchmark(),
                measure.metric(),
                measure.mode(),
                first.getAs("intervention_id"),
                first.getAs("method"),
                first.getAs("feature_set"),
                first.getAs("n_features"),
                first.getAs("coefficient"),
                effect.n(),
                effect.tokens(),
                effect.value(),
                effect.interval().map(interval -> interval.low()).orElse(null),
                effect.interval().map(interval -> interval.high()).orElse(null),
                effect.base(),
                isCompared ? effect.value() - effect.base() : null,
                isCompared ? effect.change().map(interval -> interval.low()).orElse(null) : null,
                isCompared ? effect.change().map(interval -> interval.high()).orElse(null) : null,
                isCompared ? effect.p().orElse(null) : null,
                tested.holmP().orElse(null),
                item.items().stream().anyMatch(row -> row.<Boolean>getAs("used_for_selection")),
                treatments.get(first.<String>getAs("intervention_id")).cell().intervention());
    }
}
