package org.demur.engine;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.demur.edit.HookPoint;
import org.demur.edit.Site;

/**
 * One batch of a gradient plan. A zero leaf is added to the stream at each wanted point; its gradient is the stream's.
 * Weights never require gradients, so nothing below the first leaf enters the graph.
 */
final class GradientPass {
    private final LanguageModel model;
    private final GradientPlan plan;
    private final GradientResult result;
    private final PtNDManager manager;

    GradientPass(LanguageModel model, GradientPlan plan, GradientResult result, PtNDManager manager) {
        this.model = model;
        this.plan = plan;
        this.result = result;
        this.manager = manager;
    }

    void run(List<Cluster.Row> rows) {
        ScriptCalls calls = new ScriptCalls.Gradient(model.script());
        List<TokenSequence> batch = rows.stream().map(Cluster.Row::sequence).toList();
        List<Integer> indices = rows.stream().map(Cluster.Row::index).toList();
        TokenLayout layout = TokenLayout.of(batch);
        HookPoint from = plan.start().map(ForwardPlan.Start::at).orElse(new HookPoint(Site.RESID_PRE, 0));
        BlockStack.Range range =
                new BlockStack.Range(from, HookPoint.residPost(model.config().nLayers() - 1));
        PassInputs inputs =
                model.attentionKinds().prompt(manager, layout, batch.get(0).length());
        JniUtils.setGradMode(true);
        try {
            PtNDArray start = plan.start().isPresent() ? given(indices, layout) : embedded(batch, layout);
            var attention = new PromptAttention(model, manager, calls, inputs, PromptAttention.Tokens.ownOnly());
            Leaves leaves = new Leaves(
                    new ResidualEditor(manager, model.config().dModel(), EditedBatch.alone(batch, layout)), calls);
            PtNDArray end = new BlockStack(model, calls).run(start, range, attention, leaves);
            PtNDArray metrics = metrics(end, indices, layout, calls);
            PtNDArray ones = (PtNDArray) manager.ones(new Shape(indices.size()));
            JniUtils.backward(metrics, ones, false, false);
            copyOut(metrics, leaves.leaves, indices, layout);
        } finally {
            JniUtils.setGradMode(false);
        }
    }

    private PtNDArray given(List<Integer> indices, TokenLayout layout) {
        int d = model.config().dModel();
        float[] packed = plan.start().orElseThrow().packed(indices, layout, d);
        return TorchRuntime.floats(manager, packed, layout.tokens(), d);
    }

    private PtNDArray embedded(List<TokenSequence> batch, TokenLayout layout) {
        List<int[]> ids = batch.stream().map(TokenSequence::tokenIds).toList();
        PtNDArray packed = TorchRuntime.longs(manager, layout.pack(ids));
        return model.script().call(manager, "embed", model.weights().embedding(), packed);
    }

    /** Edits, and adds a leaf at each wanted point. */
    private final class Leaves implements BlockStack.Visitor {
        private final ResidualEditor editor;
        private final ScriptCalls calls;
        private final Map<HookPoint, PtNDArray> leaves = new TreeMap<>();

        Leaves(ResidualEditor editor, ScriptCalls calls) {
            this.editor = editor;
            this.calls = calls;
        }

        @Override
        public PtNDArray at(HookPoint point, PtNDArray x_ND) {
            PtNDArray x = editor.apply(point, x_ND, calls);
            if (!plan.at().contains(point)) {
                return x;
            }
            PtNDArray leaf = (PtNDArray) manager.zeros(x.getShape());
            JniUtils.attachGradient(leaf, true);
            leaves.put(point, leaf);
            return (PtNDArray) x.add(leaf);
        }

        @Override
        public boolean wants(HookPoint addition) {
            return plan.at().contains(addition) || editor.touches(addition);
        }
    }

    private PtNDArray metrics(PtNDArray end, List<Integer> indices, TokenLayout layout, ScriptCalls calls) {
        long[] plus = new long[indices.size()];
        long[] minus = new long[indices.size()];
        for (int b = 0; b < plus.length; b++) {
            GradientPlan.LogitDifference metric = plan.metrics().get(indices.get(b));
            plus[b] = metric.plusToken();
            minus[b] = metric.minusToken();
        }
        PtNDArray last = calls.one("rows", end, TorchRuntime.longs(manager, layout.lastRows()));
        return calls.one(
                "logit_difference",
                model.weights().head(),
                last,
                TorchRuntime.longs(manager, plus),
                TorchRuntime.longs(manager, minus));
    }

    private void copyOut(
            PtNDArray metrics, Map<HookPoint, PtNDArray> leaves, List<Integer> indices, TokenLayout layout) {
        int d = model.config().dModel();
        FloatBuffer values = TorchRuntime.view(metrics).asFloatBuffer();
        for (int b = 0; b < indices.size(); b++) {
            result.metric(indices.get(b), values.get(b));
        }
        leaves.forEach((point, leaf) -> {
            FloatBuffer gradient = TorchRuntime.view(JniUtils.getGradient(leaf)).asFloatBuffer();
            for (int b = 0; b < indices.size(); b++) {
                float[] own = new float[layout.length(b) * d];
                gradient.get(layout.row(b, 0) * d, own);
                result.gradient(indices.get(b), point, own);
            }
        });
    }
}
