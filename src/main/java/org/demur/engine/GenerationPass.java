package org.demur.engine;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.demur.edit.Edit;
import org.demur.edit.HookPoint;
import org.demur.edit.Site;
import org.demur.model.ModelConfig;

/**
 * Greedy decoding of one batch with key-value caches. The beginning that all prompts share runs once; a sequence's
 * cache slot is its position, so rows of different lengths decode side by side; finished rows leave the batch once they
 * are a quarter of it.
 */
final class GenerationPass {
    private static final double COMPACT_BELOW = 0.75;

    private final LanguageModel model;
    private final GenerationPlan plan;
    private final PtNDManager manager;
    private final ScriptCalls calls;
    private final BlockStack stack;
    private final ModelConfig config;

    GenerationPass(LanguageModel model, GenerationPlan plan, PtNDManager manager) {
        this.model = model;
        this.plan = plan;
        this.manager = manager;
        this.calls = new ScriptCalls.Inference(model.script(), manager);
        this.stack = model.stack(calls, manager);
        this.config = model.config();
    }

    /** One row while it decodes. */
    private static final class Row {
        private final List<Edit> edits;
        private final int[] generated;
        private int count;
        private int length;
        private boolean stopped;

        Row(TokenSequence prompt, int maxNewTokens) {
            edits = prompt.edits();
            length = prompt.length();
            generated = new int[maxNewTokens];
        }

        boolean isFinished() {
            return stopped || count == generated.length;
        }

        void accept(int token, GenerationPlan plan) {
            if (plan.stopTokens().contains(token)) {
                stopped = true;
            } else {
                generated[count++] = token;
            }
        }

        Generation generation() {
            return new Generation(
                    Arrays.copyOf(generated, count), stopped ? Generation.Finish.STOP : Generation.Finish.LENGTH);
        }
    }

    /** Rows that still decode, with one key and one value cache a block, [B, capacity, KV, HD]. */
    private record Batch(List<Row> rows, List<PtNDArray> keys, List<PtNDArray> values) {}

    List<Generation> run(List<TokenSequence> prompts) {
        List<Row> rows = new ArrayList<>();
        prompts.forEach(prompt -> rows.add(new Row(prompt, plan.maxNewTokens())));
        Batch batch = prefill(prompts, rows);
        ResidualEditor editor = editor(batch);
        while (true) {
            List<Integer> active = active(batch.rows);
            if (active.isEmpty()) {
                break;
            }
            if (active.size() < COMPACT_BELOW * batch.rows.size()) {
                batch = compact(batch, active);
                editor = editor(batch);
            }
            step(batch, editor);
        }
        return rows.stream().map(Row::generation).toList();
    }

    private ResidualEditor editor(Batch batch) {
        return new ResidualEditor(
                manager,
                config.dModel(),
                batch.rows.stream().map(row -> row.edits).toList());
    }

    private static List<Integer> active(List<Row> rows) {
        List<Integer> active = new ArrayList<>();
        for (int b = 0; b < rows.size(); b++) {
            if (!rows.get(b).isFinished()) {
                active.add(b);
            }
        }
        return active;
    }

    private Batch prefill(List<TokenSequence> prompts, List<Row> rows) {
        int shared = BatchPlan.sharedTokens(prompts, 1);
        KeysValues past = shared == 0 ? KeysValues.none() : begin(prompts.get(0), shared);
        TokenLayout layout = TokenLayout.of(
                prompts.stream().mapToInt(p -> p.length() - shared).toArray(), shared);
        KeysValues own = KeysValues.collecting();
        PtNDArray end = pass(prompts, layout, past, own);
        int capacity = shared + layout.longest() + plan.maxNewTokens();
        Batch batch = new Batch(rows, new ArrayList<>(), new ArrayList<>());
        for (int layer = 0; layer < config.nLayers(); layer++) {
            batch.keys.add(cache(own.keys().get(layer), rows.size(), capacity));
            batch.values.add(cache(own.values().get(layer), rows.size(), capacity));
        }
        try (PtNDArray index = TorchRuntime.longs(manager, layout.lastRows());
                PtNDArray last = calls.one("rows", end, index)) {
            accept(last, rows);
        }
        end.close();
        past.close();
        return batch;
    }

    private KeysValues begin(TokenSequence first, int shared) {
        KeysValues past = KeysValues.collecting();
        TokenLayout layout = TokenLayout.of(new int[] {shared}, 0);
        pass(List.of(first), layout, KeysValues.none(), past).close();
        return past;
    }

    private PtNDArray pass(List<TokenSequence> prompts, TokenLayout layout, KeysValues past, KeysValues own) {
        ResidualEditor editor = model.editor(manager, prompts);
        List<int[]> ids = new ArrayList<>();
        prompts.forEach(prompt -> ids.add(prompt.tokenIds()));
        PtNDArray start = calls.one(
                "embed",
                TorchRuntime.longs(manager, layout.pack(ids)),
                model.weights().embedding());
        BlockStack.Range range = BlockStack.Range.upTo(HookPoint.residPost(config.nLayers() - 1));
        return stack.run(
                start, model.inputs(manager, layout), range, past, own, (p, x) -> editor.apply(p, x, layout, calls));
    }

    private PtNDArray cache(PtNDArray filled, int rows, int capacity) {
        PtNDArray cache = TorchRuntime.allocate(
                manager,
                rows,
                capacity,
                config.attention().kvHeads(),
                config.attention().headDim());
        calls.one("fill_cache", cache, filled).close();
        filled.close();
        return cache;
    }

    private void accept(PtNDArray last_BD, List<Row> rows) {
        try (PtNDArray tokens = calls.one(
                "next_tokens",
                last_BD,
                model.weights().finalNorm(),
                model.weights().head())) {
            long[] ids = tokens.toLongArray();
            for (int b = 0; b < ids.length; b++) {
                if (!rows.get(b).isFinished()) {
                    rows.get(b).accept((int) ids[b], plan);
                }
            }
        }
    }

    /** Feeds every row's newest token; finished rows repeat theirs, unheard, until they leave. */
    private void step(Batch batch, ResidualEditor editor) {
        int count = batch.rows.size();
        long[] tokens = new long[count];
        int[] slots = new int[count];
        for (int b = 0; b < count; b++) {
            Row row = batch.rows.get(b);
            tokens[b] = row.generated[Math.max(0, row.count - 1)];
            slots[b] = row.isFinished() ? row.length - 1 : row.length++;
        }
        try (PtNDManager scope = manager.newSubManager(manager.getDevice())) {
            ScriptCalls scoped = new ScriptCalls.Inference(model.script(), scope);
            PtNDArray end = decode(batch, editor, new Step(scope, scoped, tokens, slots));
            accept(end, batch.rows);
        }
    }

    /** One decoding step's inputs. */
    private record Step(PtNDManager scope, ScriptCalls calls, long[] tokens, int[] slots) {}

    private PtNDArray decode(Batch batch, ResidualEditor editor, Step step) {
        int count = batch.rows.size();
        int[] ones = new int[count];
        Arrays.fill(ones, 1);
        TokenLayout layout = TokenLayout.of(ones, 0);
        PtNDArray rows = TorchRuntime.longs(step.scope, layout.lastRows());
        PtNDArray slots = TorchRuntime.longs(
                step.scope, Arrays.stream(step.slots).asLongStream().toArray());
        PtNDArray cos = model.cosines(step.scope, step.slots);
        PtNDArray sin = model.sines(step.scope, step.slots);
        PtNDArray mask = mask(step);
        PtNDArray x = step.calls.one(
                "embed",
                TorchRuntime.longs(step.scope, step.tokens),
                model.weights().embedding());
        for (int layer = 0; layer < config.nLayers(); layer++) {
            ModelWeights.Block block = model.weights().blocks().get(layer);
            x = editor.apply(new HookPoint(Site.RESID_PRE, layer), x, layout, step.calls);
            x = step.calls.one(
                    "decode_attention",
                    x,
                    block.attentionNorm(),
                    block.qkv(),
                    block.qkvBias(),
                    block.output(),
                    block.outputBias(),
                    cos,
                    sin,
                    mask,
                    rows,
                    batch.keys.get(layer),
                    batch.values.get(layer),
                    slots);
            x = editor.apply(new HookPoint(Site.RESID_MID, layer), x, layout, step.calls);
            x = step.calls.one("mlp", x, block.mlpNorm(), block.gateUp(), block.down());
            x = editor.apply(HookPoint.residPost(layer), x, layout, step.calls);
        }
        return x;
    }

    /** [B, 1, 1, S]: every row sees its slots up to its newest token. */
    private PtNDArray mask(Step step) {
        int keys = Arrays.stream(step.slots).max().orElseThrow() + 1;
        float[] mask = new float[step.slots.length * keys];
        for (int b = 0; b < step.slots.length; b++) {
            Arrays.fill(mask, b * keys + step.slots[b] + 1, (b + 1) * keys, Float.NEGATIVE_INFINITY);
        }
        return TorchRuntime.floats(step.scope, mask, step.slots.length, 1, 1, keys);
    }

    private Batch compact(Batch batch, List<Integer> active) {
        Batch smaller = new Batch(active.stream().map(batch.rows::get).toList(), new ArrayList<>(), new ArrayList<>());
        try (PtNDArray index = TorchRuntime.longs(
                manager, active.stream().mapToLong(Integer::longValue).toArray())) {
            for (int layer = 0; layer < config.nLayers(); layer++) {
                smaller.keys.add(calls.one("rows", batch.keys.get(layer), index));
                smaller.values.add(calls.one("rows", batch.values.get(layer), index));
                batch.keys.get(layer).close();
                batch.values.get(layer).close();
            }
        }
        return smaller;
    }
}
