package org.demur.engine;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.demur.model.ModelBundle;
import org.demur.model.ModelConfig;

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
        PtNDArray embedding = stack(manager, bundle, d, "model.embed_tokens.weight");
        List<Block> blocks = new ArrayList<>();
        for (int layer = 0; layer < config.nLayers(); layer++) {
            blocks.add(block(manager, bundle, config, "model.layers." + layer + "."));
        }
        PtNDArray finalNorm = vector(manager, bundle, "model.norm.weight");
        PtNDArray head = config.tiedHead() ? embedding : stack(manager, bundle, d, "lm_head.weight");
        return new ModelWeights(embedding, List.copyOf(blocks), finalNorm, head);
    }

    private static Block block(PtNDManager manager, ModelBundle bundle, ModelConfig config, String prefix) {
        int d = config.dModel();
        String attention = prefix + "self_attn.";
        String mlp = prefix + "mlp.";
        return new Block(
                vector(manager, bundle, prefix + "input_layernorm.weight"),
                stack(
                        manager,
                        bundle,
                        d,
                        attention + "q_proj.weight",
                        attention + "k_proj.weight",
                        attention + "v_proj.weight"),
                bias(manager, bundle, config, attention + "q_proj", attention + "k_proj", attention + "v_proj"),
                stack(manager, bundle, config.nHeads() * config.headDim(), attention + "o_proj.weight"),
                bias(manager, bundle, config, attention + "o_proj"),
                vector(manager, bundle, prefix + "post_attention_layernorm.weight"),
                stack(manager, bundle, d, mlp + "gate_proj.weight", mlp + "up_proj.weight"),
                stack(manager, bundle, config.dFf(), mlp + "down_proj.weight"));
    }

    private static PtNDArray bias(PtNDManager manager, ModelBundle bundle, ModelConfig config, String... projections) {
        if (!config.attentionBias()) {
            return TorchRuntime.allocate(manager, 0);
        }
        List<float[]> parts = new ArrayList<>();
        for (String projection : projections) {
            FloatBuffer part = FloatBuffer.allocate(
                    (int) bundle.tensor(projection + ".bias").shape()[0]);
            bundle.readFloats(projection + ".bias", part);
            parts.add(part.array());
        }
        FloatBuffer all = FloatBuffer.allocate(
                parts.stream().mapToInt(part -> part.length).sum());
        parts.forEach(all::put);
        return TorchRuntime.floats(manager, all.array(), all.capacity());
    }

    private static PtNDArray vector(PtNDManager manager, ModelBundle bundle, String name) {
        PtNDArray tensor = TorchRuntime.allocate(manager, bundle.tensor(name).shape());
        bundle.readFloats(name, TorchRuntime.view(tensor).asFloatBuffer());
        return tensor;
    }

    /** Matrices of the same width, one below the other. */
    private static PtNDArray stack(PtNDManager manager, ModelBundle bundle, int columns, String... names) {
        long rows = 0;
        for (String name : names) {
            rows += bundle.tensor(name).shape()[0];
        }
        PtNDArray tensor = TorchRuntime.allocate(manager, rows, columns);
        long row = 0;
        for (String name : names) {
            row += readInto(bundle, name, tensor, row, columns);
        }
        return tensor;
    }

    /** Reads in slices that one Java buffer can address, so that tensors above 2 GiB load too. */
    private static long readInto(ModelBundle bundle, String name, PtNDArray tensor, long firstRow, int columns) {
        long rows = bundle.tensor(name).shape()[0];
        int slice = Math.max(1, (1 << 28) / (columns * Float.BYTES));
        for (long row = 0; row < rows; row += slice) {
            int count = (int) Math.min(slice, rows - row);
            try (PtNDArray part = (PtNDArray) tensor.get((firstRow + row) + ":" + (firstRow + row + count))) {
                ByteBuffer bytes = TorchRuntime.view(part);
                FloatBuffer target = bytes.asFloatBuffer();
                bundle.readRows(name, row, count, target);
            }
        }
        return rows;
    }
}
