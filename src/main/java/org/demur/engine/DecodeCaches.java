package org.demur.engine;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.demur.model.AttentionSpec;

/** Key and value caches of some blocks, [places, capacity, KV, HD] each. */
final class DecodeCaches {
    private final PtNDManager manager;
    private final ScriptCalls calls;
    private final KeysValues tensors = KeysValues.empty();

    DecodeCaches(LanguageModel model, PtNDManager manager, int places, int capacity, IntStream layers) {
        this.manager = manager;
        this.calls = new ScriptCalls.Inference(model.script(), manager);
        AttentionSpec spec = model.config().attention();
        layers.forEach(layer -> {
            tensors.keys().put(layer, TorchRuntime.allocate(manager, places, capacity, spec.kvHeads(), spec.headDim()));
            tensors.values()
                    .put(layer, TorchRuntime.allocate(manager, places, capacity, spec.kvHeads(), spec.headDim()));
        });
    }

    KeysValues tensors() {
        return tensors;
    }

    /**
     * Keys and values of prompts.
     *
     * @param past of the tokens that all prompts begin with, [some, P, KV, HD]; without entries where there are none
     * @param own of the rest, [some, T, KV, HD]
     */
    record Prompts(KeysValues past, KeysValues own) {}

    /**
     * Copies prompts into places.
     *
     * @param ownOf which row of the prompts' own tokens each place gets
     * @param pastOf which row of the shared beginning
     */
    void fill(Prompts prompts, int[] places, int[] ownOf, int[] pastOf) {
        try (PtNDArray rows = indices(places);
                PtNDArray own = indices(ownOf);
                PtNDArray past = indices(pastOf)) {
            tensors.keys()
                    .forEach((layer, cache) -> fill(
                            cache,
                            rows,
                            row(prompts.past.keys(), layer, prompts.own.keys()),
                            past,
                            prompts.own.keys().get(layer),
                            own));
            tensors.values()
                    .forEach((layer, cache) -> fill(
                            cache,
                            rows,
                            row(prompts.past.values(), layer, prompts.own.values()),
                            past,
                            prompts.own.values().get(layer),
                            own));
        }
    }

    private static PtNDArray row(Map<Integer, PtNDArray> past, int layer, Map<Integer, PtNDArray> own) {
        return past.containsKey(layer)
                ? past.get(layer)
                : (PtNDArray) own.get(layer).get(":, 0:0");
    }

    private void fill(
            PtNDArray cache, PtNDArray rows, PtNDArray past, PtNDArray pastOf, PtNDArray own, PtNDArray ownOf) {
        calls.one("fill_cache", cache, rows, past, pastOf, own, ownOf).close();
    }

    /** Copies whole places. */
    void copy(List<Lineages.Copy> copies) {
        if (copies.isEmpty()) {
            return;
        }
        try (PtNDArray from =
                        indices(copies.stream().mapToInt(Lineages.Copy::from).toArray());
                PtNDArray to =
                        indices(copies.stream().mapToInt(Lineages.Copy::to).toArray())) {
            tensors.keys().values().forEach(cache -> calls.one("copy_rows", cache, from, to)
                    .close());
            tensors.values().values().forEach(cache -> calls.one("copy_rows", cache, from, to)
                    .close());
        }
    }

    /** Leaves only the given places, in that order. */
    void keep(List<Integer> places) {
        try (PtNDArray index =
                indices(places.stream().mapToInt(Integer::intValue).toArray())) {
            tensors.keys().replaceAll((layer, cache) -> kept(cache, index));
            tensors.values().replaceAll((layer, cache) -> kept(cache, index));
        }
    }

    private PtNDArray kept(PtNDArray cache, PtNDArray index) {
        PtNDArray smaller = calls.one("rows", cache, index);
        cache.close();
        return smaller;
    }

    private PtNDArray indices(int[] numbers) {
        return TorchRuntime.longs(manager, Arrays.stream(numbers).asLongStream().toArray());
    }
}
