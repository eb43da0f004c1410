package org.demur.engine;

import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import org.demur.edit.HookPoint;
import org.demur.edit.Site;

/** Runs a packed batch through consecutive blocks and shows the stream to a visitor at every hook point. */
final class BlockStack {
    /** Sees the stream at a hook point and returns it, edited or as it was. */
    interface Visitor {
        PtNDArray at(HookPoint point, PtNDArray x_ND);
    }

    /**
     * Where a pass begins and ends.
     *
     * @param start the point whose value is handed in
     * @param end the last point to reach
     */
    record Range(HookPoint start, HookPoint end) {
        static Range upTo(HookPoint end) {
            return new Range(new HookPoint(Site.RESID_PRE, 0), end);
        }
    }

    private final ModelWeights weights;
    private final ScriptCalls calls;
    private final PtNDArray noPast;

    BlockStack(ModelWeights weights, ScriptCalls calls, PtNDManager manager, long... emptyPastShape) {
        this.weights = weights;
        this.calls = calls;
        this.noPast = TorchRuntime.allocate(manager, emptyPastShape);
    }

    /**
     * The stream at the end of the range.
     *
     * @param start_ND stream at the start, before that point's edits; freed when the calls allow it
     * @param past keys and values of earlier tokens, or of none
     * @param kept receives the keys and values of all tokens, or is empty-handed when nothing is wanted
     */
    PtNDArray run(
            PtNDArray start_ND, PassInputs inputs, Range range, KeysValues past, KeysValues kept, Visitor visitor) {
        PtNDArray x = visit(range.start, start_ND, visitor);
        if (range.start.equals(range.end)) {
            return x;
        }
        int first = range.start.site() == Site.RESID_POST ? range.start.layer() + 1 : range.start.layer();
        for (int layer = first; layer <= range.end.layer(); layer++) {
            HookPoint pre = new HookPoint(Site.RESID_PRE, layer);
            HookPoint mid = new HookPoint(Site.RESID_MID, layer);
            if (pre.compareTo(range.start) > 0) {
                x = visit(pre, x, visitor);
            }
            if (range.end.equals(pre)) {
                return x;
            }
            if (mid.compareTo(range.start) > 0) {
                x = visit(mid, attention(x, layer, inputs, past, kept), visitor);
            }
            if (range.end.equals(mid)) {
                return x;
            }
            x = visit(HookPoint.residPost(layer), mlp(x, layer), visitor);
        }
        return x;
    }

    private PtNDArray visit(HookPoint point, PtNDArray x, Visitor visitor) {
        PtNDArray next = visitor.at(point, x);
        if (next != x) {
            free(x);
        }
        return next;
    }

    private PtNDArray attention(PtNDArray x, int layer, PassInputs in, KeysValues past, KeysValues kept) {
        ModelWeights.Block block = weights.blocks().get(layer);
        boolean none = past.keys().isEmpty();
        NDList result = calls.many(
                "attention",
                x,
                block.attentionNorm(),
                block.qkv(),
                block.qkvBias(),
                block.output(),
                block.outputBias(),
                in.cos(),
                in.sin(),
                in.mask(),
                in.querySlots(),
                in.tokenSlots(),
                none ? noPast : past.keys().get(layer),
                none ? noPast : past.values().get(layer));
        free(x);
        if (kept.wanted()) {
            kept.keys().add((PtNDArray) result.get(1));
            kept.values().add((PtNDArray) result.get(2));
        } else {
            free((PtNDArray) result.get(1));
            free((PtNDArray) result.get(2));
        }
        return (PtNDArray) result.get(0);
    }

    private PtNDArray mlp(PtNDArray x, int layer) {
        ModelWeights.Block block = weights.blocks().get(layer);
        PtNDArray next = calls.one("mlp", x, block.mlpNorm(), block.gateUp(), block.down());
        free(x);
        return next;
    }

    private void free(PtNDArray x) {
        if (calls.freesInputs()) {
            x.close();
        }
    }
}
