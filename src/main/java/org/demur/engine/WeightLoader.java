package org.demur.engine;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.model.ModelBundle;
import org.demur.model.ModelConfig;
import org.demur.model.TensorId;
import org.demur.model.TensorRole;

/** Copies a model's weights from its files to where they will be used, a slice at a time, never twice in full. */
final class WeightLoader {
    /** What is unpacked at once when the target cannot be written in place. */
    private static final int SLICE_FLOATS = 1 << 22;

    /** What one Java buffer can address. */
    private static final int BUFFER_FLOATS = 1 << 28;

    private final PtNDManager manager;
    private final ModelBundle bundle;
    private final Placement placement;
    private final TorchScript script;
    private final PtNDArray none;

    WeightLoader(PtNDManager manager, ModelBundle bundle, Placement placement, TorchScript script) {
        this.manager = manager;
        this.bundle = bundle;
        this.placement = placement;
        this.script = script;
        this.none = TorchRuntime.allocate(manager, 0);
    }

    ModelWeights load() {
        ModelConfig config = bundle.config();
        PtNDArray embedding = matrix(TensorId.of(TensorRole.EMBEDDING));
        List<ModelWeights.Block> blocks = new ArrayList<>();
        for (int layer = 0; layer < config.nLayers(); layer++) {
            blocks.add(new ModelWeights.Block(attention(layer), mlp(layer)));
        }
        PtNDArray head = config.tiedHead() ? embedding : matrix(TensorId.of(TensorRole.HEAD));
        WeightList last = WeightList.of(
                vector(TensorId.of(TensorRole.FINAL_NORM)),
                vector(TensorId.of(TensorRole.FINAL_NORM_BIAS)),
                head,
                none);
        return new ModelWeights(WeightList.of(embedding), List.copyOf(blocks), last);
    }

    private WeightList attention(int layer) {
        return WeightList.of(
                vector(TensorId.of(TensorRole.ATTENTION_NORM, layer)),
                vector(TensorId.of(TensorRole.ATTENTION_NORM_BIAS, layer)),
                matrix(
                        TensorId.of(TensorRole.QUERY, layer),
                        TensorId.of(TensorRole.KEY, layer),
                        TensorId.of(TensorRole.VALUE, layer)),
                vector(
                        TensorId.of(TensorRole.QUERY_BIAS, layer),
                        TensorId.of(TensorRole.KEY_BIAS, layer),
                        TensorId.of(TensorRole.VALUE_BIAS, layer)),
                headNorms(layer),
                matrix(TensorId.of(TensorRole.ATTENTION_OUTPUT, layer)),
                vector(TensorId.of(TensorRole.ATTENTION_OUTPUT_BIAS, layer)),
                vector(TensorId.of(TensorRole.POST_ATTENTION_NORM, layer)));
    }

    private WeightList mlp(int layer) {
        boolean gated = bundle.config().mlp().gated();
        TensorId up = TensorId.of(TensorRole.UP, layer);
        return WeightList.of(
                vector(TensorId.of(TensorRole.MLP_NORM, layer)),
                vector(TensorId.of(TensorRole.MLP_NORM_BIAS, layer)),
                gated ? matrix(TensorId.of(TensorRole.GATE, layer), up) : matrix(up),
                vector(TensorId.of(TensorRole.UP_BIAS, layer)),
                matrix(TensorId.of(TensorRole.DOWN, layer)),
                vector(TensorId.of(TensorRole.DOWN_BIAS, layer)),
                vector(TensorId.of(TensorRole.POST_MLP_NORM, layer)));
    }

    /** One row a query head, then one a key head, [H + KV, HD]. */
    private PtNDArray headNorms(int layer) {
        TensorId query = TensorId.of(TensorRole.QUERY_NORM, layer);
        if (!bundle.tensors().contains(query)) {
            return none;
        }
        int heads = bundle.config().attention().heads();
        int keyHeads = bundle.config().attention().kvHeads();
        int width = bundle.config().attention().headDim();
        float[] queryNorm = floats(query);
        float[] keyNorm = floats(TensorId.of(TensorRole.KEY_NORM, layer));
        FloatBuffer rows = FloatBuffer.allocate((heads + keyHeads) * width);
        for (int head = 0; head < heads + keyHeads; head++) {
            rows.put(head < heads ? queryNorm : keyNorm);
        }
        return TorchRuntime.floats(manager, rows.array(), heads + keyHeads, width);
    }

    /** Vectors one after another, or nothing where the model has none. */
    private PtNDArray vector(TensorId... ids) {
        if (!bundle.tensors().contains(ids[0])) {
            return none;
        }
        List<float[]> parts = Arrays.stream(ids).map(this::floats).toList();
        FloatBuffer all = FloatBuffer.allocate(
                parts.stream().mapToInt(part -> part.length).sum());
        parts.forEach(all::put);
        return TorchRuntime.floats(manager, all.array(), all.capacity());
    }

    private float[] floats(TensorId id) {
        FloatBuffer values =
                FloatBuffer.allocate(Math.toIntExact(bundle.tensor(id).elementCount()));
        bundle.readFloats(id, values);
        requireFinite(id, values.rewind());
        return values.array();
    }

    /** One weight that is no number would make every result none. */
    private void requireFinite(TensorId id, FloatBuffer values) {
        float zeros = 0;
        for (int i = 0; i < values.limit(); i++) {
            zeros += values.get(i) * 0;
        }
        if (Float.isNaN(zeros)) {
            throw new JobException(
                    ExitCode.MISMATCH,
                    bundle.name() + ": " + id + " holds a weight that is not a finite number",
                    "the file is damaged, or training of the model or of an adapter diverged",
                    "fetch the file again, or leave the adapter out");
        }
    }

    /** Matrices of the same width, one below the other. */
    private PtNDArray matrix(TensorId... ids) {
        long rows = 0;
        for (TensorId id : ids) {
            rows += bundle.tensor(id).rows();
        }
        int columns = Math.toIntExact(bundle.tensor(ids[0]).rowLength());
        return placement.isPlainMemory() ? inPlace(rows, columns, ids) : stored(rows, columns, ids);
    }

    private PtNDArray inPlace(long rows, int columns, TensorId... ids) {
        PtNDArray matrix = TorchRuntime.allocate(manager, rows, columns);
        eachSlice(BUFFER_FLOATS, columns, ids, (id, from, count, at) -> {
            try (PtNDArray part = (PtNDArray) matrix.get(at + ":" + (at + count))) {
                FloatBuffer values = TorchRuntime.view(part).asFloatBuffer();
                bundle.readRows(id, from, count, values);
                requireFinite(id, values.rewind());
            }
        });
        return matrix;
    }

    private PtNDArray stored(long rows, int columns, TensorId... ids) {
        PtNDArray matrix = script.callWithSizes(manager, "storage", none, rows, columns);
        try (WeightList target = WeightList.of(matrix)) {
            eachSlice(SLICE_FLOATS, columns, ids, (id, from, count, at) -> {
                float[] values = new float[count * columns];
                bundle.readRows(id, from, count, FloatBuffer.wrap(values));
                requireFinite(id, FloatBuffer.wrap(values));
                try (PtNDArray part = TorchRuntime.floats(manager, values, count, columns)) {
                    script.store(part, at, target);
                }
            });
        }
        return matrix;
    }

    private interface Slice {
        void copy(TensorId id, long from, int count, long at);
    }

    private void eachSlice(int floats, int columns, TensorId[] ids, Slice slice) {
        int most = Math.max(1, floats / columns);
        long at = 0;
        for (TensorId id : ids) {
            long rows = bundle.tensor(id).rows();
            for (long row = 0; row < rows; row += most) {
                int count = (int) Math.min(most, rows - row);
                slice.copy(id, row, count, at);
                at += count;
            }
        }
    }
}
