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
 * @param beginning tokens that no gradient is wanted of; what edits and start say about single tokens is then about those after
 * @param summed how many sequences, one after another, have their gradients added up; they must be of one length
 * @param maxTokensPerBatch tokens that go through the model at once
 */
public record GradientPlan(
        SortedSet<HookPoint> at,
        List<LogitDifference> metrics,
        Optional<ForwardPlan.Start> start,
        Optional<Beginning> beginning,
        int summed,
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

    /**
     * Tokens that several sequences begin with. As no token sees later ones, gradients at later tokens need only the keys and
     * values of these, which are made once a family.
     *
     * @param families the tokens, with the edits that hold there
     * @param start values of the stream at them, where the plan begins with given values; one array a family
     * @param familyOf family of each sequence
     */
    public record Beginning(List<TokenSequence> families, List<float[]> start, int[] familyOf) {
        /** Refuses families of different lengths. */
        public Beginning {
            int tokens = families.get(0).length();
            if (families.stream().anyMatch(family -> family.length() != tokens)) {
                throw new IllegalArgumentException("The families of a beginning differ in length");
            }
        }

        int tokens() {
            return families.get(0).length();
        }
    }

    /** A plan with the default batch bound. */
    public static GradientPlan of(Set<HookPoint> at, List<LogitDifference> metrics) {
        return new GradientPlan(
                new TreeSet<>(at), List.copyOf(metrics), Optional.empty(), Optional.empty(), 1, DEFAULT_MAX_TOKENS);
    }

    /** The same beginning at a hook point with the given values, one [T, d] array a sequence. */
    public GradientPlan startingAt(HookPoint point, List<float[]> values_TD) {
        return new GradientPlan(
                at,
                metrics,
                Optional.of(new ForwardPlan.Start(point, values_TD)),
                beginning,
                summed,
                maxTokensPerBatch);
    }

    /** The same with another bound on the tokens of a batch. */
    public GradientPlan withMaxTokensPerBatch(int tokens) {
        return new GradientPlan(at, metrics, start, beginning, summed, tokens);
    }

    /** The same for the tokens after a beginning alone. */
    public GradientPlan after(Beginning first) {
        return new GradientPlan(at, metrics, start, Optional.of(first), summed, maxTokensPerBatch);
    }

    /** The same with the gradients of so many sequences, one after another, added up. */
    public GradientPlan summedOver(int sequences) {
        return new GradientPlan(at, metrics, start, beginning, sequences, maxTokensPerBatch);
    }

    int past() {
        return beginning.map(Beginning::tokens).orElse(0);
    }
}
