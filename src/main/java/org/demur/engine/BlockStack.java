package org.demur.engine;

import ai.djl.pytorch.engine.PtNDArray;
import org.demur.edit.HookPoint;
import org.demur.edit.Site;
import org.demur.model.BlockLayout;

/** Runs a packed batch through consecutive blocks and shows a visitor what is at every hook point. */
final class BlockStack {
    /** Sees the values at a hook point and returns them, edited or as they were. */
    interface Visitor {
        PtNDArray at(HookPoint point, PtNDArray x_ND);

        /** Whether what a half adds has to be shown; showing it costs a step of its own. */
        boolean wants(HookPoint addition);
    }

    /**
     * Where a pass begins and ends.
     *
     * @param start the point of the stream whose value is handed in
     * @param end the last point of the stream to reach
     */
    record Range(HookPoint start, HookPoint end) {
        static Range upTo(HookPoint end) {
            return new Range(new HookPoint(Site.RESID_PRE, 0), end);
        }

        /** Ends where the value at the point has been added to the stream. */
        static HookPoint including(HookPoint point) {
            return switch (point.site()) {
                case ATTN_OUT -> new HookPoint(Site.RESID_MID, point.layer());
                case MLP_OUT -> HookPoint.residPost(point.layer());
                case RESID_PRE, RESID_MID, RESID_POST -> point;
            };
        }
    }

    /** Attention of the blocks of one pass. */
    interface Attention {
        /**
         * The stream after attention, or what attention adds to it.
         *
         * @param added whether the stream itself is added at once
         */
        PtNDArray of(PtNDArray x_ND, int layer, boolean added);
    }

    private final ModelWeights weights;
    private final BlockLayout layout;
    private final ScriptCalls calls;

    BlockStack(LanguageModel model, ScriptCalls calls) {
        this.weights = model.weights();
        this.layout = model.config().layout();
        this.calls = calls;
    }

    /**
     * The stream at the end of the range.
     *
     * @param start_ND stream at the start, before that point's edits; freed when the calls allow it
     */
    PtNDArray run(PtNDArray start_ND, Range range, Attention attention, Visitor visitor) {
        PtNDArray x = visit(range.start, start_ND, visitor);
        if (range.start.equals(range.end)) {
            return x;
        }
        boolean midGiven = range.start.site() == Site.RESID_MID;
        int first = range.start.site() == Site.RESID_POST ? range.start.layer() + 1 : range.start.layer();
        for (int layer = first; layer <= range.end.layer(); layer++) {
            HookPoint pre = new HookPoint(Site.RESID_PRE, layer);
            HookPoint mid = new HookPoint(Site.RESID_MID, layer);
            PtNDArray middle = x;
            if (layer > first || !midGiven) {
                x = pre.compareTo(range.start) > 0 ? visit(pre, x, visitor) : x;
                if (range.end.equals(pre)) {
                    return x;
                }
                middle = visit(mid, attend(x, layer, attention, visitor), visitor);
                if (range.end.equals(mid)) {
                    free(x, middle);
                    return middle;
                }
            }
            PtNDArray read = layout == BlockLayout.PARALLEL ? x : middle;
            PtNDArray post = mlp(read, middle, layer, visitor);
            free(x, post);
            free(middle, post, x);
            x = visit(HookPoint.residPost(layer), post, visitor);
        }
        return x;
    }

    private PtNDArray visit(HookPoint point, PtNDArray x, Visitor visitor) {
        PtNDArray next = visitor.at(point, x);
        free(x, next);
        return next;
    }

    private PtNDArray attend(PtNDArray x, int layer, Attention attention, Visitor visitor) {
        HookPoint addition = new HookPoint(Site.ATTN_OUT, layer);
        if (visitor.wants(addition)) {
            return plus(x, visit(addition, attention.of(x, layer, false), visitor));
        }
        return attention.of(x, layer, true);
    }

    private PtNDArray mlp(PtNDArray read, PtNDArray middle, int layer, Visitor visitor) {
        WeightList own = weights.blocks().get(layer).mlp();
        HookPoint addition = new HookPoint(Site.MLP_OUT, layer);
        if (visitor.wants(addition)) {
            return plus(middle, visit(addition, calls.one("mlp", own, read), visitor));
        }
        return calls.one("mlp_post", own, read, middle);
    }

    private PtNDArray plus(PtNDArray x, PtNDArray addition) {
        PtNDArray sum = calls.one("plus", x, addition);
        free(addition);
        return sum;
    }

    /** Frees a tensor that is none of those still needed. */
    private void free(PtNDArray x, PtNDArray... needed) {
        boolean used = false;
        for (PtNDArray other : needed) {
            used |= x == other;
        }
        if (calls.freesInputs() && !used) {
            x.close();
        }
    }
}
