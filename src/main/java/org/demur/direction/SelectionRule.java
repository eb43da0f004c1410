package org.demur.direction;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.demur.ExitCode;
import org.demur.JobException;

/**
 * Chooses one candidate by the rule of Arditi et al. 2024: discard late layers, large side effects and directions that
 * do not induce refusal; of the rest take the one whose ablation lowers refusal most. If nothing is left, the bound on
 * side effects is dropped, and the reason of the selected row says so.
 *
 * @param maxLayerFraction layers from {@code floor(fraction * layers)} on are discarded
 * @param maxKl largest mean divergence on harmless prompts, nats
 * @param minInduce smallest mean refusal score on harmless prompts under addition
 */
public record SelectionRule(double maxLayerFraction, double maxKl, double minInduce) implements Serializable {

    /** What became of a candidate; {@code reason} is empty for one that was kept. */
    public record Verdict(CandidateScores scores, Status status, String reason) {}

    /** The values of the column {@code status}. */
    public enum Status {
        SELECTED,
        KEPT,
        DISCARDED;

        String sqlName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The first layer that is discarded for being late. */
    public int firstLateLayer(int nLayers) {
        return (int) (maxLayerFraction * nLayers);
    }

    /**
     * One verdict per candidate, in order; exactly one is selected.
     *
     * @throws JobException if no candidate both induces refusal and sits early enough
     */
    public List<Verdict> judge(List<CandidateScores> candidates, int nLayers) {
        List<Verdict> strict = candidates.stream()
                .map(scores -> verdict(scores, objection(scores, nLayers, maxKl)))
                .toList();
        Optional<CandidateScores> best = best(strict);
        if (best.isPresent()) {
            return mark(strict, best.get(), "");
        }
        List<Verdict> relaxed = candidates.stream()
                .map(scores -> verdict(scores, objection(scores, nLayers, Double.POSITIVE_INFINITY)))
                .toList();
        CandidateScores chosen = best(relaxed).orElseThrow(() -> noneLeft(candidates.size(), nLayers));
        String reason = String.format(Locale.ROOT, "kl relaxed: no candidate stayed at or below %s", maxKl);
        return mark(strict, chosen, reason);
    }

    private String objection(CandidateScores scores, int nLayers, double klBound) {
        if (scores.layer() >= firstLateLayer(nLayers)) {
            return "late layer";
        }
        if (scores.induce() < minInduce) {
            return "does not induce refusal";
        }
        if (Double.isNaN(scores.bypass()) || Double.isNaN(scores.induce()) || Double.isNaN(scores.kl())) {
            return "not a number";
        }
        return scores.kl() > klBound ? "kl above bound" : "";
    }

    private static Verdict verdict(CandidateScores scores, String objection) {
        return new Verdict(scores, objection.isEmpty() ? Status.KEPT : Status.DISCARDED, objection);
    }

    private static Optional<CandidateScores> best(List<Verdict> verdicts) {
        return verdicts.stream()
                .filter(verdict -> verdict.status() == Status.KEPT)
                .map(Verdict::scores)
                .min(Comparator.comparingDouble(CandidateScores::bypass));
    }

    private static List<Verdict> mark(List<Verdict> verdicts, CandidateScores chosen, String reason) {
        List<Verdict> marked = new ArrayList<>();
        for (Verdict verdict : verdicts) {
            boolean isChosen = verdict.scores() == chosen;
            marked.add(isChosen ? new Verdict(chosen, Status.SELECTED, reason) : verdict);
        }
        return marked;
    }

    private JobException noneLeft(int candidates, int nLayers) {
        return new JobException(
                ExitCode.BAD_DATA,
                "None of " + candidates + " candidate directions before layer " + firstLateLayer(nLayers)
                        + " has a mean refusal score of at least " + minInduce + " on harmless prompts when added",
                "The model does not represent refusal as one direction at these positions, or too few prompts were used.",
                "Use more prompts per side, or lower direction.min-induce.");
    }
}
