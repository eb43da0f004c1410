package org.demur.engine;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.demur.model.AttentionSpec;
import org.demur.model.ModelBundle;
import org.demur.model.ModelConfig;
import org.demur.model.TensorId;
import org.demur.model.TensorRole;

/**
 * The weights as fp32 tensors. Query, key and value projections are stacked into one matrix, gate and up into another:
 * one product instead of three or two.
 *
 * @param embedding token embeddings, [V, d]
 * @param finalNorm weight of the last RMSNorm, [d]
 * @param head unembedding, [V, d]; the embedding itself when tied
 */
record ModelWeights(PtNDArray embedding, List<Block> blocks, PtNDArray finalNorm, PtNDArray head) {

    /**
     * One block's weights.
     *
     * @param qkvBias stacked biases of the three; empty where the model has none
     * @param outputBias bias of the output projection; empty where the model has none
     * @param qkv stacked query, key and value projections, [(H + 2 KV) HD, d]
     * @param gateUp stacked gate and up projections, [2 d_ff, d]
     */
    record Block(
            PtNDArray attentionNorm,
            PtNDArray qkv,
            PtNDArray qkvBias,
            PtNDArray output,
            PtNDArray outputBias,
            PtNDArray mlpNorm,
            PtNDArray gateUp,
            PtNDArray down) {}

    static ModelWeights load(PtNDManager manager, ModelBundle bundle) {
        ModelConfig config = bundle.config();
        int d = config.dModel();
        PtNDArray embedding = stack(manager, bundle, d, TensorId.of(TensorRole.EMBEDDING));
        List<Block> blocks = new ArrayList<>();
        for (int layer = 0; layer < config.nLayers(); layer++) {
            blocks.add(block(manager, bundle, layer));
        }
        PtNDArray finalNorm = vector(manager, bundle, TensorId.of(TensorRole.FINAL_NORM));
        PtNDArray head = config.tiedHead() ? embedding : stack(manager, bundle, d, TensorId.of(TensorRole.HEAD));
        return new ModelWeights(embedding, List.copyOf(blocks), finalNorm, head);
    }

    private static Block block(PtNDManager manager, ModelBundle bundle, int layer) {
        ModelConfig config = bundle.config();
        int d = config.dModel();
        AttentionSpec attention = config.attention();
        return new Block(
                vector(manager, bundle, TensorId.of(TensorRole.ATTENTION_NORM, layer)),
                stack(
                        manager,
                        bundle,
                        d,
                        TensorId.of(TensorRole.QUERY, layer),
                        TensorId.of(TensorRole.KEY, layer),
                        TensorId.of(TensorRole.VALUE, layer)),
                bias(
                        manager,
                        bundle,
                        TensorId.of(TensorRole.QUERY_BIAS, layer),
                        TensorId.of(TensorRole.KEY_BIAS, layer),
                        TensorId.of(TensorRole.VALUE_BIAS, layer)),
                stack(
                        manager,
                        bundle,
                        attention.heads() * attention.headDim(),
                        TensorId.of(TensorRole.ATTENTION_OUTPUT, layer)),
                bias(manager, bundle, TensorId.of(TensorRole.ATTENTION_OUTPUT_BIAS, layer)),
                vector(manager, bundle, TensorId.of(TensorRole.MLP_NORM, layer)),
                stack(manager, bundle, d, TensorId.of(TensorRole.GATE, layer), TensorId.of(TensorRole.UP, layer)),
                stack(manager, bundle, config.mlp().width(), TensorId.of(TensorRole.DOWN, layer)));
    }

    private static PtNDArray bias(PtNDManager manager, ModelBundle bundle, TensorId... ids) {
        if (!bundle.tensors().contains(ids[0])) {
            return TorchRuntime.allocate(manager, 0);
        }
        List<float[]> parts = new ArrayList<>();
        for (TensorId id : ids) {
            FloatBuffer part = FloatBuffer.allocate((int) bundle.tensor(id).elementCount());
            bundle.readFloats(id, part);
            parts.add(part.array());
        }
        FloatBuffer all = FloatBuffer.allocate(
                parts.stream().mapToInt(part -> part.length).sum());
        parts.forEach(all::put);
        return TorchRuntime.floats(manager, all.array(), all.capacity());
    }

    private static PtNDArray vector(PtNDManager manager, ModelBundle bundle, TensorId id) {
        PtNDArray tensor = TorchRuntime.allocate(manager, bundle.tensor(id).shape());
        bundle.readFloats(id, TorchRuntime.view(tensor).asFloatBuffer());
        return tensor;
    }

    /** Matrices of the same width, one below the other. */
    private static PtNDArray stack(PtNDManager manager, ModelBundle bundle, int columns, TensorId... ids) {
        long rows = 0;
        for (TensorId id : ids) {
            rows += bundle.tensor(id).shape()[0];
        }
        PtNDArray tensor = TorchRuntime.allocate(manager, rows, columns);
        long row = 0;
        for (TensorId id : ids) {
            row += readInto(bundle, id, tensor, row, columns);
        }
        return tensor;
    }

    /** Reads in slices that one Java buffer can address, so that tensors above 2 GiB load too. */
    private static long readInto(ModelBundle bundle, TensorId id, PtNDArray tensor, long firstRow, int columns) {
        long rows = bundle.tensor(id).shape()[0];
        int slice = Math.max(1, (1 << 28) / (columns * Float.BYTES));
        for (long row = 0; row < rows; row += slice) {
            int count = (int) Math.min(slice, rows - row);
            try (PtNDArray part = (PtNDArray) tensor.get((firstRow + row) + ":" + (firstRow + row + count))) {
                ByteBuffer bytes = TorchRuntime.view(part);
                FloatBuffer target = bytes.asFloatBuffer();
                bundle.readRows(id, row, count, target);
            }
        }
        return rows;
    }
}
