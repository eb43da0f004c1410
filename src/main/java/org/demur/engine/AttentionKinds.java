package org.demur.engine;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.demur.model.LayerAttention;
import org.demur.model.ModelConfig;

/** The few kinds of attention among a model's blocks (local and global, say), and what a pass needs for each. */
final class AttentionKinds {
    private final int groups;
    private final int rotaryDims;
    private final List<LayerAttention> kinds;
    private final List<RotaryTable> tables;
    private final int[] kindOfLayer;

    AttentionKinds(ModelConfig config) {
        groups = config.attention().heads() / config.attention().kvHeads();
        rotaryDims = config.attention().rotaryDims();
        kinds = config.layers().stream().distinct().toList();
        tables = kinds.stream()
                .map(kind -> new RotaryTable(kind.rope(), rotaryDims))
                .toList();
        kindOfLayer = config.layers().stream().mapToInt(kinds::indexOf).toArray();
    }

    /** Tells sequences apart that cannot share a pass, because a scaling of positions looks at their length. */
    List<Integer> regimes(int sequenceLength) {
        return kinds.stream().map(kind -> kind.rope().regime(sequenceLength)).toList();
    }

    /**
     * The inputs of a pass over prompt tokens.
     *
     * @param sequenceLength a length in the regime of the pass
     */
    PassInputs prompt(PtNDManager manager, TokenLayout layout, int sequenceLength) {
        int[] positions = layout.positions();
        List<PassInputs.Kind> inputs = new ArrayList<>();
        for (int kind = 0; kind < kinds.size(); kind++) {
            PtNDArray mask = layout.causalMask(manager, groups, kinds.get(kind).window());
            inputs.add(kind(manager, kind, positions, sequenceLength, mask));
        }
        return new PassInputs(
                inputs,
                kindOfLayer,
                TorchRuntime.longs(manager, layout.querySlots()),
                TorchRuntime.longs(manager, layout.tokenSlots()));
    }

    /** The inputs of one decoding step: one token a row, at the cache slot that is its position. */
    PassInputs step(PtNDManager manager, int[] slots, int sequenceLength) {
        List<PassInputs.Kind> inputs = new ArrayList<>();
        for (int kind = 0; kind < kinds.size(); kind++) {
            int window = kinds.get(kind).window().orElse(Integer.MAX_VALUE);
            inputs.add(kind(manager, kind, slots, sequenceLength, stepMask(manager, slots, window)));
        }
        long[] rows = new long[slots.length];
        Arrays.setAll(rows, b -> b);
        PtNDArray index = TorchRuntime.longs(manager, rows);
        return new PassInputs(inputs, kindOfLayer, index, index);
    }

    private PassInputs.Kind kind(PtNDManager manager, int kind, int[] positions, int sequenceLength, PtNDArray mask) {
        RotaryTable table = tables.get(kind);
        return new PassInputs.Kind(
                TorchRuntime.floats(manager, table.cos(positions, sequenceLength), positions.length, 1, rotaryDims),
                TorchRuntime.floats(manager, table.sin(positions, sequenceLength), positions.length, 1, rotaryDims),
                mask);
    }

    /** [B, 1, 1, S]: every row sees its slots up to its newest token, as far back as the window reaches. */
    private static PtNDArray stepMask(PtNDManager manager, int[] slots, int window) {
        int keys = Arrays.stream(slots).max().orElseThrow() + 1;
        float[] mask = new float[slots.length * keys];
        for (int b = 0; b < slots.length; b++) {
            Arrays.fill(mask, b * keys + slots[b] + 1, (b + 1) * keys, Float.NEGATIVE_INFINITY);
            Arrays.fill(mask, b * keys, b * keys + Math.max(0, slots[b] + 1 - window), Float.NEGATIVE_INFINITY);
        }
        return TorchRuntime.floats(manager, mask, slots.length, 1, 1, keys);
    }
}
