package org.demur.engine;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.demur.edit.HookPoint;
import org.demur.model.ModelConfig;

/**
 * Rows that decode side by side, each with a row of the key and value caches [rows, capacity, KV, HD]. A row's cache slot
 * is its position, so rows of any lengths go together, and a finished row's place is taken by another.
 */
final class DecodePool {
    private final LanguageModel model;
    private final PtNDManager manager;
    private final int sequenceLength;
    private final int capacity;
    private final List<DecodingRow> rows = new ArrayList<>();
    private KeysValues caches = KeysValues.empty();
    private ResidualEditor editor;
    private TokenLayout layout;

    /**
     * An empty pool.
     *
     * @param sequenceLength a length of the regime that all rows are in
     */
    DecodePool(LanguageModel model, PtNDManager manager, int places, int capacity, int sequenceLength) {
        this.model = model;
        this.manager = manager;
        this.capacity = capacity;
        this.sequenceLength = sequenceLength;
        for (int layer = 0; layer < model.config().nLayers(); layer++) {
            caches.keys().put(layer, cache(places));
            caches.values().put(layer, cache(places));
        }
    }

    private PtNDArray cache(int places) {
        ModelConfig config = model.config();
        return TorchRuntime.allocate(
                manager,
                places,
                capacity,
                config.attention().kvHeads(),
                config.attention().headDim());
    }

    List<DecodingRow> active() {
        return rows.stream().filter(row -> !row.isFinished()).toList();
    }

    List<DecodingRow> finished() {
        return rows.stream().filter(DecodingRow::isFinished).toList();
    }

    /** Rows in their places, finished ones included. */
    int size() {
        return rows.size();
    }

    /**
     * Puts new rows into places that are free or whose rows are finished.
     *
     * @param places as many as {@code added}
     */
    void admit(List<DecodingRow> added, int[] places) {
        for (int i = 0; i < places.length; i++) {
            if (places[i] < rows.size()) {
                rows.set(places[i], added.get(i));
            } else {
                rows.add(added.get(i));
            }
        }
        renew();
    }

    /** The first places that are free or whose rows are finished. */
    int[] places(int count, int most) {
        return IntStream.range(0, most)
                .filter(place -> place >= rows.size() || rows.get(place).isFinished())
                .limit(count)
                .toArray();
    }

    KeysValues caches() {
        return caches;
    }

    private void renew() {
        editor = new ResidualEditor(
                manager,
                model.config().dModel(),
                rows.stream().map(row -> row.row().sequence()).toList());
        layout = TokenLayout.step(rows.size());
    }

    /** Feeds every row's newest token and chooses the next; finished rows repeat theirs, unheard, until they leave. */
    void step(TokenChooser chooser) {
        int[] slots = rows.stream().mapToInt(DecodingRow::slot).toArray();
        long[] tokens = rows.stream().mapToLong(DecodingRow::newest).toArray();
        try (PtNDManager scope = manager.newSubManager(manager.getDevice())) {
            ScriptCalls calls = new ScriptCalls.Inference(model.script(), scope);
            PassInputs inputs = model.attentionKinds().step(scope, slots, sequenceLength);
            PtNDArray at = TorchRuntime.longs(
                    scope, Arrays.stream(slots).asLongStream().toArray());
            PtNDArray x = calls.one("embed", model.weights().embedding(), TorchRuntime.longs(scope, tokens));
            HookPoint end = HookPoint.residPost(model.config().nLayers() - 1);
            PtNDArray last = new BlockStack(model, calls)
                    .run(
                            x,
                            BlockStack.Range.upTo(end),
                            new DecodeAttention(model, calls, inputs, at, caches),
                            new Edits(calls));
            chooser.choose(last, rows, scope);
        }
    }

    /** Leaves out the finished rows. */
    void compact() {
        List<Integer> kept = IntStream.range(0, rows.size())
                .filter(b -> !rows.get(b).isFinished())
                .boxed()
                .toList();
        KeysValues smaller = KeysValues.empty();
        ScriptCalls calls = new ScriptCalls.Inference(model.script(), manager);
        try (PtNDArray index = TorchRuntime.longs(
                manager, kept.stream().mapToLong(Integer::longValue).toArray())) {
            caches.keys().forEach((layer, keys) -> {
                smaller.keys().put(layer, calls.one("rows", keys, index));
                keys.close();
            });
            caches.values().forEach((layer, values) -> {
                smaller.values().put(layer, calls.one("rows", values, index));
                values.close();
            });
        }
        caches = smaller;
        List<DecodingRow> left = active();
        rows.clear();
        rows.addAll(left);
        renew();
    }

    private final class Edits implements BlockStack.Visitor {
        private final ScriptCalls calls;

        Edits(ScriptCalls calls) {
            this.calls = calls;
        }

        @Override
        public PtNDArray at(HookPoint point, PtNDArray x_BD) {
            return editor.apply(point, x_BD, layout, calls);
        }

        @Override
        public boolean wants(HookPoint addition) {
            return editor.touches(addition);
        }
    }
}
