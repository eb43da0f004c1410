package org.demur.engine;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.demur.edit.HookPoint;

/**
 * Gradients of a logit difference with respect to the residual stream; weights stay frozen.
 *
 * @param at points whose gradient is wanted, taken after the point's own edits
 * @param metrics one logit difference a sequence
 * @param start where to begin instead of at the embedding; no point in {@code at} may lie before it
 * @param maxTokensPerBatch tokens that go through the model at once
 */
public record GradientPlan(
        SortedSet<HookPoint> at,
        List<LogitDifference> metrics,
        Optional<ForwardPlan.Start> start,
        int maxTokensPerBatch) {
    private static final int DEFAULT_MAX_TOKENS = 1024;

    /** Refuses a plan that asks for nothing. */
    public GradientPlan {
        if (at.isEmpty()) {
            throw new IllegalArgumentException("A gradient needs a point to be taken at");
        }
    }

    /** m = logit[plusToken] - logit[minusToken] at the sequence's last token. */
    public record LogitDifference(int plusToken, int minusToken) {}

    /** A plan with the default batch bound. */
    public static GradientPlan of(Set<HookPoint> at, List<LogitDifference> metrics) {
        return new GradientPlan(new TreeSet<>(at), List.copyOf(metrics), Optional.empty(), DEFAULT_MAX_TOKENS);
    }

    /** The same beginning at a hook point with the given values, one [T, d] array a sequence. */
    public GradientPlan startingAt(HookPoint point, List<float[]> values_TD) {
        return new GradientPlan(at, metrics, Optional.of(new ForwardPlan.Start(point, values_TD)), maxTokensPerBatch);
    }

    /** The same with another bound on the tokens of a batch. */
    public GradientPlan withMaxTokensPerBatch(int tokens) {
        return new GradientPlan(at, metrics, start, tokens);
    }
}
