package org.demur.engine;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.demur.edit.HookPoint;
import org.demur.edit.Site;

/**
 * One batch of a gradient plan: forward through the blocks with a tape, the metrics, and the tape's way back.
 */
final class GradientPass {
    private final LanguageModel model;
    private final GradientPlan plan;
    private final Past past;
    private final KeptTensors kept;
    private final PtNDManager manager;

    /**
     * For one batch.
     *
     * @param past keys and values of the plan's beginning, a row a family
     * @param kept room that the batches of a plan share
     */
    GradientPass(LanguageModel model, GradientPlan plan, Past past, KeptTensors kept, PtNDManager manager) {
        this.model = model;
        this.plan = plan;
        this.past = past;
        this.kept = kept;
        this.manager = manager;
    }

    /** Runs some rows of a cluster; nothing is added to the result before all has succeeded. */
    void run(List<Cluster.Row> rows, GradientResult result) {
        var calls = new ScriptCalls.Inference(model.script(), manager);
        List<TokenSequence> batch = rows.stream().map(Cluster.Row::sequence).toList();
        List<Integer> indices = rows.stream().map(Cluster.Row::index).toList();
        TokenLayout layout = layout(batch);
        HookPoint from = plan.start().map(ForwardPlan.Start::at).orElse(new HookPoint(Site.RESID_PRE, 0));
        PassInputs inputs =
                model.attentionKinds().prompt(manager, layout, batch.get(0).length());
        PtNDArray start = plan.start().isPresent() ? given(indices, layout) : embedded(batch, layout);
        Map<HookPoint, float[]> taken_ND = new TreeMap<>();
        var wanted = new GradientTape.Wanted(plan.at(), (point, gradient_ND) -> taken_ND.put(point, copy(gradient_ND)));
        var editor = new ResidualEditor(manager, model.config().dModel(), EditedBatch.alone(batch, layout));
        var tokens = new GradientTape.Tokens(inputs, chosen(indices), kept);
        kept.begin(layout.tokens());
        GradientTape tape = new GradientTape(model, tokens, editor, calls, wanted);
        PtNDArray end = tape.forward(from, start);
        float[] metrics = new float[indices.size()];
        tape.backward(atEnd(end, indices, layout, metrics));
        kept.end();
        for (int b = 0; b < metrics.length; b++) {
            result.metric(indices.get(b), metrics[b]);
        }
        taken_ND.forEach((point, gradient_ND) -> add(result, point, gradient_ND, indices, layout));
    }

    private TokenLayout layout(List<TokenSequence> batch) {
        if (past.isEmpty()) {
            return TokenLayout.of(batch);
        }
        int[] own = IntStream.range(0, batch.size()).toArray();
        int[] end = batch.stream().mapToInt(TokenSequence::length).toArray();
        return TokenLayout.tree(batch, own, plan.past(), end);
    }

    private Past chosen(List<Integer> indices) {
        if (past.isEmpty()) {
            return past;
        }
        int[] familyOf = plan.beginning().orElseThrow().familyOf();
        long[] rows = indices.stream().mapToLong(index -> familyOf[index]).toArray();
        return new Past(past.stored(), Optional.of(TorchRuntime.longs(manager, rows)));
    }

    /** The metrics' gradient with respect to the stream at the end. */
    private PtNDArray atEnd(PtNDArray end_ND, List<Integer> indices, TokenLayout layout, float[] metrics_B) {
        JniUtils.setGradMode(true);
        try {
            PtNDArray leaf = GradientTape.leaf(end_ND);
            PtNDArray metrics = metrics(leaf, indices, layout, new ScriptCalls.Gradient(model.script()));
            PtNDArray ones = (PtNDArray) manager.ones(new Shape(indices.size()));
            JniUtils.backward(metrics, ones, false, false);
            TorchRuntime.view(metrics).asFloatBuffer().get(metrics_B);
            return JniUtils.getGradient(leaf);
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

    private static float[] copy(PtNDArray gradient_ND) {
        FloatBuffer values = TorchRuntime.view(gradient_ND).asFloatBuffer();
        float[] copy_ND = new float[values.remaining()];
        values.get(copy_ND);
        return copy_ND;
    }

    private void add(
            GradientResult result, HookPoint point, float[] gradient_ND, List<Integer> indices, TokenLayout layout) {
        int d = model.config().dModel();
        for (int b = 0; b < indices.size(); b++) {
            int from = layout.row(b, 0) * d;
            float[] own = Arrays.copyOfRange(gradient_ND, from, from + layout.length(b) * d);
            result.add(indices.get(b) / plan.summed(), point, own);
        }
    }
}
