package org.demur.engine;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.demur.edit.HookPoint;
import org.demur.edit.Site;
import org.demur.model.BlockLayout;

/**
 * What a forward pass shall deliver; the pass stops after the deepest layer needed for it.
 *
 * @param capture residual stream points to copy out, after their edits
 * @param positions token positions to copy out
 * @param lastLogits whether the logits at the last token are wanted
 * @param tokenNll whether the negative log-likelihood of every next token is wanted
 * @param start where to begin instead of at the embedding
 * @param maxTokensPerBatch tokens that go through the model at once, a bound on memory; results don't depend on it
 *     beyond rounding
 */
public record ForwardPlan(
        SortedSet<HookPoint> capture,
        Positions positions,
        boolean lastLogits,
        boolean tokenNll,
        Optional<Start> start,
        int maxTokensPerBatch) {
    private static final int DEFAULT_MAX_TOKENS = 2048;

    /**
     * Begins with given values of the stream.
     *
     * @param at the values' place; its own edits are applied to them
     * @param values_TD one [T, d] row-major array a sequence
     */
    public record Start(HookPoint at, List<float[]> values_TD) {
        /** Refuses what is not the stream. */
        public Start {
            if (at.site() == Site.ATTN_OUT || at.site() == Site.MLP_OUT) {
                throw new IllegalArgumentException(
                        "A pass cannot start at " + at + ", which is only added to the stream");
            }
        }

        /** Refuses a start from which the rest of a block cannot be computed, and points that it leaves behind. */
        void check(BlockLayout layout, SortedSet<HookPoint> wanted, int sequences) {
            if (layout == BlockLayout.PARALLEL && at.site() == Site.RESID_MID) {
                throw new IllegalArgumentException(
                        "A pass cannot start at " + at + ": this model's MLP reads what enters the block");
            }
            if (!wanted.isEmpty() && wanted.first().compareTo(at) < 0) {
                throw new IllegalArgumentException(wanted.first() + " lies before the start at " + at);
            }
            if (values_TD.size() != sequences) {
                throw new IllegalArgumentException(values_TD.size() + " start values for " + sequences + " sequences");
            }
        }

        /** The values of the sequences of one batch, one after the other, [tokens of the batch, d] row-major. */
        float[] packed(List<Integer> indices, TokenLayout layout, int d) {
            float[] packed_ND = new float[layout.tokens() * d];
            for (int b = 0; b < indices.size(); b++) {
                float[] own = values_TD.get(indices.get(b));
                if (own.length != layout.length(b) * d) {
                    throw new IllegalArgumentException("Start values of sequence " + indices.get(b) + " hold "
                            + own.length + " numbers; its " + layout.length(b) + " tokens of width " + d
                            + " need another count");
                }
                System.arraycopy(own, 0, packed_ND, layout.row(b, 0) * d, own.length);
            }
            return packed_ND;
        }
    }

    /** Copies the given points out at every position. */
    public static ForwardPlan capture(Set<HookPoint> points) {
        return new ForwardPlan(
                new TreeSet<>(points), Positions.ALL, false, false, Optional.empty(), DEFAULT_MAX_TOKENS);
    }

    /** Copies nothing out. */
    public static ForwardPlan nothing() {
        return capture(Set.of());
    }

    /** The same with other positions. */
    public ForwardPlan atPositions(Positions kept) {
        return new ForwardPlan(capture, kept, lastLogits, tokenNll, start, maxTokensPerBatch);
    }

    /** The same with the logits at the last token. */
    public ForwardPlan withLastLogits() {
        return new ForwardPlan(capture, positions, true, tokenNll, start, maxTokensPerBatch);
    }

    /** The same with every next token's negative log-likelihood. */
    public ForwardPlan withTokenNll() {
        return new ForwardPlan(capture, positions, lastLogits, true, start, maxTokensPerBatch);
    }

    /** The same beginning at a hook point with the given values, one [T, d] array a sequence. */
    public ForwardPlan startingAt(HookPoint at, List<float[]> values_TD) {
        return new ForwardPlan(
                capture, positions, lastLogits, tokenNll, Optional.of(new Start(at, values_TD)), maxTokensPerBatch);
    }

    /** The same with another bound on the tokens of a batch. */
    public ForwardPlan withMaxTokensPerBatch(int tokens) {
        return new ForwardPlan(capture, positions, lastLogits, tokenNll, start, tokens);
    }

    boolean needsHead() {
        return lastLogits || tokenNll;
    }
}
