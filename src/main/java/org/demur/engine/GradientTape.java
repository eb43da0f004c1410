package org.demur.engine;

import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Set;
import org.demur.edit.HookPoint;
import org.demur.edit.Site;
import org.demur.model.BlockLayout;

/**
 * Blocks with their way back. Weights are frozen, so gradients reach the stream alone: each half keeps the stream that it read
 * and its first product, and its way back is one call without autograd, on the fast products. Autograd sees nothing but the
 * edits. Nothing is kept below the first point wanted.
 */
final class GradientTape {
    private final LanguageModel model;
    private final Tokens tokens;
    private final PtNDArray noPast;
    private final ResidualEditor editor;
    private final Wanted wanted;
    private final KeptTensors kept;
    private final ScriptCalls calls;
    private final ScriptCalls autograd;
    private final Deque<Step> steps = new ArrayDeque<>();
    private final Deque<PtNDArray> towardsBlock = new ArrayDeque<>();
    private boolean isReached;

    /** Takes the gradient at a wanted point, which is freed afterwards. */
    interface Sink {
        void take(HookPoint at, PtNDArray gradient_ND);
    }

    /** One step of the way back: the gradient before it, from the one after it, which the caller frees. */
    private interface Step {
        PtNDArray back(PtNDArray g_ND);
    }

    /**
     * For one batch.
     *
     * @param wanted points whose gradient is asked for, after their own edits
     */
    GradientTape(
            LanguageModel model, Tokens tokens, ResidualEditor editor, ScriptCalls.Inference calls, Wanted wanted) {
        this.model = model;
        this.tokens = tokens;
        this.noPast = TorchRuntime.allocate(
                calls.manager(),
                1,
                0,
                model.config().attention().kvHeads(),
                model.config().attention().headDim());
        this.editor = editor;
        this.calls = calls;
        this.kept = tokens.kept;
        this.autograd = new ScriptCalls.Gradient(model.script());
        this.wanted = wanted;
    }

    /** The tokens of the batch, those before them, which are held, and the room for what the way back needs of them. */
    record Tokens(PassInputs inputs, Past past, KeptTensors kept) {}

    /** Points whose gradient is asked for, and who takes them. */
    record Wanted(Set<HookPoint> points, Sink sink) {}

    /** The stream at the end of the last block, from its value at a point. */
    PtNDArray forward(HookPoint from, PtNDArray start_ND) {
        PtNDArray x = point(from, start_ND, steps);
        boolean midGiven = from.site() == Site.RESID_MID;
        int first = from.site() == Site.RESID_POST ? from.layer() + 1 : from.layer();
        for (int layer = first; layer < model.config().nLayers(); layer++) {
            PtNDArray middle = x;
            if (layer > first || !midGiven) {
                HookPoint pre = new HookPoint(Site.RESID_PRE, layer);
                x = read(pre.compareTo(from) > 0 ? point(pre, x, steps) : x);
                middle = point(new HookPoint(Site.RESID_MID, layer), attend(x, layer), steps);
            }
            middle = isParallel() ? middle : read(middle);
            x = point(HookPoint.residPost(layer), mlp(x, middle, layer), steps);
        }
        return x;
    }

    /** A stream that a half of a block is about to read. */
    private PtNDArray read(PtNDArray x) {
        return isReached ? kept.stream(x) : x;
    }

    /** Goes all the way back with the gradient at the end, which is freed. */
    void backward(PtNDArray end_ND) {
        back(steps, end_ND).close();
    }

    private static PtNDArray back(Deque<Step> steps, PtNDArray end_ND) {
        PtNDArray g = end_ND;
        while (!steps.isEmpty()) {
            PtNDArray before = steps.pop().back(g);
            if (before != g) {
                g.close();
            }
            g = before;
        }
        return g;
    }

    private PtNDArray point(HookPoint at, PtNDArray x, Deque<Step> path) {
        PtNDArray y = editor.touches(at) ? edited(at, x, path) : x;
        if (wanted.points.contains(at)) {
            isReached = true;
            path.push(g -> {
                wanted.sink.take(at, g);
                return g;
            });
        }
        return y;
    }

    private PtNDArray edited(HookPoint at, PtNDArray x, Deque<Step> path) {
        Optional<PtNDArray> alphas = editor.interpolation(at);
        if (!isReached || alphas.isPresent()) {
            PtNDArray y = editor.apply(at, x, calls);
            closeUnless(x, y);
            if (isReached) {
                path.push(g -> calls.one("interpolate_back", g, alphas.orElseThrow()));
            }
            return y;
        }
        JniUtils.setGradMode(true);
        try {
            PtNDArray leaf = leaf(x);
            x.close();
            PtNDArray y = editor.apply(at, leaf, autograd);
            path.push(g -> {
                JniUtils.backward(y, g, false, false);
                PtNDArray before = JniUtils.getGradient(leaf);
                y.close();
                leaf.close();
                return before;
            });
            return (PtNDArray) y.stopGradient();
        } finally {
            JniUtils.setGradMode(false);
        }
    }

    /** A copy that gradients can be taken with respect to; what calls without autograd return cannot. */
    static PtNDArray leaf(PtNDArray x) {
        PtNDArray leaf = (PtNDArray) x.duplicate();
        JniUtils.attachGradient(leaf, true);
        return leaf;
    }

    private PtNDArray attend(PtNDArray x, int layer) {
        PassInputs inputs = tokens.inputs;
        PassInputs.Kind kind = inputs.of(layer);
        WeightList own = model.weights().blocks().get(layer).attention();
        Past past = tokens.past;
        PtNDArray keys =
                past.isEmpty() ? noPast : past.chosen(past.stored().keys().get(layer), calls);
        PtNDArray values =
                past.isEmpty() ? noPast : past.chosen(past.stored().values().get(layer), calls);
        NDList results = calls.many(
                "attention_kept",
                own,
                x,
                kind.cos(),
                kind.sin(),
                kind.mask(),
                inputs.querySlots(),
                inputs.tokenSlots(),
                keys,
                values);
        PtNDArray qkv = isReached ? kept.projection((PtNDArray) results.get(1)) : (PtNDArray) results.get(1);
        Half half = new Half(
                x,
                qkv,
                g -> calls.one(
                        "attention_back",
                        own,
                        x,
                        qkv,
                        g,
                        kind.cos(),
                        kind.sin(),
                        kind.mask(),
                        inputs.querySlots(),
                        inputs.tokenSlots(),
                        keys,
                        values));
        return added(new HookPoint(Site.ATTN_OUT, layer), x, (PtNDArray) results.get(0), half);
    }

    private PtNDArray mlp(PtNDArray x, PtNDArray middle, int layer) {
        PtNDArray read = isParallel() ? x : middle;
        WeightList own = model.weights().blocks().get(layer).mlp();
        NDList results = calls.many("mlp_kept", own, read);
        PtNDArray h = isReached ? kept.hidden((PtNDArray) results.get(1)) : (PtNDArray) results.get(1);
        Half half = new Half(middle, h, g -> calls.one("mlp_back", own, read, h, g));
        return added(new HookPoint(Site.MLP_OUT, layer), middle, (PtNDArray) results.get(0), half);
    }

    private boolean isParallel() {
        return model.config().layout() == BlockLayout.PARALLEL;
    }

    /**
     * A half of a block.
     *
     * @param joined the stream that its result is added to
     * @param kept its first product
     * @param back from the gradient of what it adds to that of what it reads
     */
    private record Half(PtNDArray joined, PtNDArray kept, Step back) {}

    private PtNDArray added(HookPoint at, PtNDArray stream, PtNDArray addition, Half half) {
        boolean isAbove = isReached;
        Deque<Step> branch = new ArrayDeque<>();
        PtNDArray own = point(at, addition, branch);
        PtNDArray sum = calls.one("plus", stream, own);
        if (own != addition) {
            own.close();
        }
        addition.close();
        if (isAbove) {
            steps.push(g -> wayBack(at, g, branch, half));
        } else {
            half.kept.close();
            if (!branch.isEmpty()) {
                steps.push(g -> {
                    back(branch, (PtNDArray) g.duplicate()).close();
                    return g;
                });
            }
        }
        return sum;
    }

    private PtNDArray wayBack(HookPoint at, PtNDArray g, Deque<Step> branch, Half half) {
        PtNDArray ofAddition = branch.isEmpty() ? g : back(branch, (PtNDArray) g.duplicate());
        PtNDArray through = half.back.back(ofAddition);
        closeUnless(ofAddition, g);
        half.kept.close();
        // In a block whose halves run side by side the MLP read what attention read.
        if (isParallel() && at.site() == Site.MLP_OUT) {
            half.joined.close();
            towardsBlock.push(through);
            return g;
        }
        half.joined.close();
        PtNDArray sum = plus(g, through);
        return towardsBlock.isEmpty() ? sum : plus(sum, towardsBlock.pop());
    }

    private PtNDArray plus(PtNDArray g, PtNDArray other) {
        PtNDArray sum = calls.one("plus", g, other);
        other.close();
        return sum;
    }

    private static void closeUnless(PtNDArray x, PtNDArray needed) {
        if (x != needed) {
            x.close();
        }
    }
}
