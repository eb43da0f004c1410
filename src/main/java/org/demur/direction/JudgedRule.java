package org.demur.direction;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The simpler choice of Yeo et al. 2025: of the directions at the last position of every layer, the one under whose
 * ablation the fewest answers are refusals; among equals the one with the lower bypass score, then the earlier one.
 */
final class JudgedRule {
    private JudgedRule() {}

    /** Whether the rule considers the candidate. */
    static boolean looksAt(Candidate candidate) {
        return candidate.position() == -1;
    }

    /**
     * One verdict per candidate, in order; exactly one is selected.
     *
     * @param refused share of answers that are refusals; NaN for candidates that the rule doesn't look at
     */
    static List<SelectionRule.Verdict> judge(List<CandidateScores> candidates, double[] refused) {
        int chosen = IntStream.range(0, refused.length)
                .filter(i -> !Double.isNaN(refused[i]))
                .boxed()
                .min(Comparator.comparingDouble((Integer i) -> refused[i])
                        .thenComparingDouble(i -> candidates.get(i).bypass()))
                .orElseThrow(
                        () -> new IllegalArgumentException("None of " + refused.length + " candidates was judged"));
        List<SelectionRule.Verdict> verdicts = new ArrayList<>();
        for (int i = 0; i < refused.length; i++) {
            boolean isJudged = !Double.isNaN(refused[i]);
            SelectionRule.Status status = SelectionRule.Status.DISCARDED;
            if (isJudged) {
                status = i == chosen ? SelectionRule.Status.SELECTED : SelectionRule.Status.KEPT;
            }
            verdicts.add(new SelectionRule.Verdict(candidates.get(i), status, isJudged ? "" : "not the last position"));
        }
        return verdicts;
    }
}
