package org.demur.engine;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.demur.edit.HookPoint;
import org.demur.edit.Site;

/** One batch of a forward plan: shares what its sequences begin with, and copies out what the plan asks for. */
final class ForwardPass {
    private static final int NLL_ROWS_AT_ONCE = 256;

    private final LanguageModel model;
    private final ForwardPlan plan;
    private final ForwardResult result;
    private final PtNDManager manager;
    private final ScriptCalls calls;
    private final BlockStack stack;

    ForwardPass(LanguageModel model, ForwardPlan plan, ForwardResult result, PtNDManager manager) {
        this.model = model;
        this.plan = plan;
        this.result = result;
        this.manager = manager;
        this.calls = new ScriptCalls.Inference(model.script(), manager);
        this.stack = model.stack(calls, manager);
    }

    /** The shared beginning of a batch: its keys and values, its captured rows, its stream at the end of the range. */
    private record Beginning(int tokens, KeysValues past, Map<HookPoint, float[]> captured, PtNDArray end_PD) {}

    void run(List<Integer> indices, List<TokenSequence> batch) {
        ResidualEditor editor = model.editor(manager, batch);
        BlockStack.Range range = range();
        Beginning beginning = plan.start().isPresent() ? none() : beginning(batch, range);
        int[] lengths =
                batch.stream().mapToInt(s -> s.length() - beginning.tokens).toArray();
        TokenLayout layout = TokenLayout.of(lengths, beginning.tokens);
        PassInputs inputs = model.inputs(manager, layout);
        PtNDArray start = plan.start().isPresent() ? given(indices, layout) : embedded(batch, layout);
        PtNDArray end = stack.run(start, inputs, range, beginning.past, KeysValues.none(), (point, x) -> {
            PtNDArray edited = editor.apply(point, x, layout, calls);
            if (plan.capture().contains(point)) {
                copyOut(point, edited, indices, layout, beginning);
            }
            return edited;
        });
        if (plan.lastLogits()) {
            lastLogits(end, indices, layout);
        }
        if (plan.tokenNll()) {
            tokenNll(end, indices, batch, layout, beginning);
        }
    }

    private BlockStack.Range range() {
        HookPoint start = plan.start().map(ForwardPlan.Start::at).orElse(new HookPoint(Site.RESID_PRE, 0));
        HookPoint last = HookPoint.residPost(model.config().nLayers() - 1);
        HookPoint end = plan.needsHead()
                ? last
                : plan.capture().isEmpty() ? start : plan.capture().last();
        return new BlockStack.Range(start, end);
    }

    private static Beginning none() {
        return new Beginning(0, KeysValues.none(), Map.of(), null);
    }

    private Beginning beginning(List<TokenSequence> batch, BlockStack.Range range) {
        int longest = batch.stream().mapToInt(TokenSequence::length).max().orElseThrow();
        int keep = plan.positions() instanceof Positions.LastN last ? Math.min(last.n(), longest) : 1;
        int shared = BatchPlan.sharedTokens(batch, Math.max(1, keep));
        if (shared == 0) {
            return none();
        }
        TokenSequence first = batch.get(0);
        List<TokenSequence> one = List.of(new TokenSequence(first.tokenIds(), first.edits()));
        ResidualEditor editor = model.editor(manager, one);
        TokenLayout layout = TokenLayout.of(new int[] {shared}, 0);
        KeysValues past = KeysValues.collecting();
        Map<HookPoint, float[]> captured = new TreeMap<>();
        PtNDArray end = stack.run(
                embedded(one, layout), model.inputs(manager, layout), range, KeysValues.none(), past, (point, x) -> {
                    PtNDArray edited = editor.apply(point, x, layout, calls);
                    if (plan.capture().contains(point) && plan.positions() instanceof Positions.All) {
                        captured.put(point, rows(edited, 0, shared));
                    }
                    return edited;
                });
        return new Beginning(shared, past, captured, end);
    }

    private PtNDArray embedded(List<TokenSequence> batch, TokenLayout layout) {
        List<int[]> ids = new ArrayList<>();
        batch.forEach(sequence -> ids.add(sequence.tokenIds()));
        try (PtNDArray packed = TorchRuntime.longs(manager, layout.pack(ids))) {
            return calls.one("embed", packed, model.weights().embedding());
        }
    }

    private PtNDArray given(List<Integer> indices, TokenLayout layout) {
        int d = model.config().dModel();
        float[] packed = plan.start().orElseThrow().packed(indices, layout, d);
        return TorchRuntime.floats(manager, packed, layout.tokens(), d);
    }

    private void copyOut(HookPoint point, PtNDArray x, List<Integer> indices, TokenLayout layout, Beginning beginning) {
        int d = model.config().dModel();
        FloatBuffer values = TorchRuntime.view(x).asFloatBuffer();
        float[] before = beginning.captured.getOrDefault(point, new float[0]);
        for (int b = 0; b < indices.size(); b++) {
            int length = layout.lengths()[b] + beginning.tokens;
            int first = Math.max(plan.positions().first(length), beginning.tokens) - beginning.tokens;
            int count = layout.lengths()[b] - first;
            float[] rows = new float[before.length + count * d];
            System.arraycopy(before, 0, rows, 0, before.length);
            values.get((layout.starts()[b] + first) * d, rows, before.length, count * d);
            result.activation(indices.get(b), point, rows);
        }
    }

    private float[] rows(PtNDArray x, int first, int count) {
        int d = model.config().dModel();
        float[] rows = new float[count * d];
        TorchRuntime.view(x).asFloatBuffer().get(first * d, rows);
        return rows;
    }

    private void lastLogits(PtNDArray end, List<Integer> indices, TokenLayout layout) {
        int vocabulary = model.config().vocabSize();
        try (PtNDArray index = TorchRuntime.longs(manager, layout.lastRows());
                PtNDArray rows = calls.one("rows", end, index);
                PtNDArray logits = calls.one(
                        "logits",
                        rows,
                        model.weights().finalNorm(),
                        model.weights().head())) {
            FloatBuffer values = TorchRuntime.view(logits).asFloatBuffer();
            for (int b = 0; b < indices.size(); b++) {
                float[] row = new float[vocabulary];
                values.get(b * vocabulary, row);
                result.lastLogits(indices.get(b), row);
            }
        }
    }

    private void tokenNll(
            PtNDArray end, List<Integer> indices, List<TokenSequence> batch, TokenLayout layout, Beginning beginning) {
        int past = beginning.tokens;
        float[] shared = new float[0];
        if (past > 1) {
            int[] ids = batch.get(0).tokenIds();
            shared = nll(beginning.end_PD, range(0, past - 1), targets(ids, 1, past));
        }
        for (int b = 0; b < indices.size(); b++) {
            int[] ids = batch.get(b).tokenIds();
            float[] all = new float[ids.length - 1];
            System.arraycopy(shared, 0, all, 0, shared.length);
            if (past > 0) {
                float[] border = nll(beginning.end_PD, new long[] {past - 1L}, targets(ids, past, past + 1));
                all[past - 1] = border[0];
            }
            int own = layout.lengths()[b] - 1;
            float[] rest = nll(end, range(layout.starts()[b], own), targets(ids, past + 1, ids.length));
            System.arraycopy(rest, 0, all, past, own);
            result.tokenNll(indices.get(b), all);
        }
    }

    private static long[] range(int first, int count) {
        return java.util.stream.LongStream.range(first, first + (long) count).toArray();
    }

    private static long[] targets(int[] ids, int from, int to) {
        return java.util.Arrays.stream(ids, from, to).asLongStream().toArray();
    }

    private float[] nll(PtNDArray x, long[] rows, long[] targets) {
        float[] nll = new float[rows.length];
        for (int at = 0; at < rows.length; at += NLL_ROWS_AT_ONCE) {
            int count = Math.min(NLL_ROWS_AT_ONCE, rows.length - at);
            try (PtNDArray index = TorchRuntime.longs(manager, java.util.Arrays.copyOfRange(rows, at, at + count));
                    PtNDArray target =
                            TorchRuntime.longs(manager, java.util.Arrays.copyOfRange(targets, at, at + count));
                    PtNDArray part = calls.one("rows", x, index);
                    PtNDArray losses = calls.one(
                            "token_nll",
                            part,
                            model.weights().finalNorm(),
                            model.weights().head(),
                            target)) {
                TorchRuntime.view(losses).asFloatBuffer().get(0, nll, at, count);
            }
        }
        return nll;
    }
}
