package org.demur.tuning;

import java.util.Comparator;
import java.util.List;

/**
 * Chooses among trials of one target: the largest effect where the cost surely stays below a limit, then fewer features,
 * then the smaller coefficient. Where no cost does, the least costly trial.
 *
 * @param maxLoss nats per token that the upper bound of the change in cross-entropy stays below
 */
record ChoiceRule(double maxLoss) {
    /** Better first. The last three make the order total. */
    private static final Comparator<Trial> BY_EFFECT = ((Comparator<Trial>) (a, b) -> b.compareEffect(a))
            .thenComparingInt(trial -> trial.cell().nFeatures())
            .thenComparingDouble(trial -> Math.abs(trial.cell().coefficient()))
            .thenComparingDouble(Trial::cost)
            .thenComparing(Trial::intervention);

    private static final Comparator<Trial> BY_COST =
            Comparator.comparingDouble(Trial::cost).thenComparing(BY_EFFECT);

    /** A ruling for each trial, in their order; at least one. */
    List<Ruling> of(List<Trial> trials) {
        List<Trial> cheap = trials.stream().filter(this::isCheap).toList();
        Trial chosen = cheap.isEmpty()
                ? trials.stream().min(BY_COST).orElseThrow()
                : cheap.stream().min(BY_EFFECT).orElseThrow();
        String why = cheap.isEmpty()
                ? "of " + trials.size() + " cells none is sure to raise cross-entropy by less than " + maxLoss
                        + " nats; this one costs least"
                : "largest effect of the " + cheap.size() + " of " + trials.size()
                        + " cells sure to raise cross-entropy by less than " + maxLoss + " nats";
        return trials.stream()
                .map(trial -> new Ruling(
                        trial,
                        trials.stream().noneMatch(other -> other.dominates(trial)),
                        trial == chosen,
                        trial == chosen ? why : whyNot(trial, chosen)))
                .toList();
    }

    private boolean isCheap(Trial trial) {
        return Double.isFinite(trial.cost()) && trial.loss().interval().high() < maxLoss;
    }

    private String whyNot(Trial trial, Trial chosen) {
        if (!isCheap(trial)) {
            return isCheap(chosen) ? "may raise cross-entropy by " + maxLoss + " nats or more" : "costs more";
        }
        if (trial.compareEffect(chosen) < 0) {
            return "smaller effect";
        }
        return trial.cell().nFeatures() > chosen.cell().nFeatures()
                ? "same effect with more features"
                : "same effect with a larger coefficient or at more cost";
    }
}
