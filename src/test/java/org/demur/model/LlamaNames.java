package org.demur.model;

import java.util.Collections;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the transformers library calls the tensors of the llama family, and the family's usual configuration. */
final class LlamaNames {
    private static final Pattern IN_BLOCK = Pattern.compile("model\\.layers\\.(\\d+)\\.(.*)");
    private static final Map<String, TensorRole> OF_BLOCK = Map.ofEntries(
            Map.entry("input_layernorm.weight", TensorRole.ATTENTION_NORM),
            Map.entry("self_attn.q_proj.weight", TensorRole.QUERY),
            Map.entry("self_attn.q_proj.bias", TensorRole.QUERY_BIAS),
            Map.entry("self_attn.k_proj.weight", TensorRole.KEY),
            Map.entry("self_attn.v_proj.weight", TensorRole.VALUE),
            Map.entry("self_attn.o_proj.weight", TensorRole.ATTENTION_OUTPUT),
            Map.entry("self_attn.q_norm.weight", TensorRole.QUERY_NORM),
            Map.entry("self_attn.k_norm.weight", TensorRole.KEY_NORM),
            Map.entry("post_attention_layernorm.weight", TensorRole.MLP_NORM),
            Map.entry("mlp.gate_proj.weight", TensorRole.GATE),
            Map.entry("mlp.up_proj.weight", TensorRole.UP),
            Map.entry("mlp.down_proj.weight", TensorRole.DOWN));
    private static final Map<String, TensorRole> OF_MODEL = Map.of(
            "model.embed_tokens.weight", TensorRole.EMBEDDING,
            "model.norm.weight", TensorRole.FINAL_NORM,
            "lm_head.weight", TensorRole.HEAD);

    private LlamaNames() {}

    static TensorId id(String hfName) {
        Matcher matcher = IN_BLOCK.matcher(hfName);
        return matcher.matches()
                ? TensorId.of(OF_BLOCK.get(matcher.group(2)), Integer.parseInt(matcher.group(1)))
                : TensorId.of(OF_MODEL.get(hfName));
    }

    /** A model with a tied head, no biases and unscaled rotations. */
    static ModelConfig config(int nLayers, int dModel, int vocabSize, int maxPositions, Blocks blocks) {
        int headDim = dModel / blocks.heads();
        return new ModelConfig(
                "llama",
                nLayers,
                dModel,
                vocabSize,
                maxPositions,
                new NormSpec(NormSpec.Kind.RMS, blocks.eps(), false),
                new AttentionSpec(
                        blocks.heads(),
                        blocks.kvHeads(),
                        headDim,
                        headDim,
                        1 / Math.sqrt(headDim),
                        OptionalDouble.empty(),
                        false,
                        false,
                        false),
                new MlpSpec(blocks.width(), MlpSpec.Activation.SILU, true, false),
                BlockLayout.SEQUENTIAL,
                Collections.nCopies(nLayers, LayerAttention.full(new RopeSpec(blocks.theta(), new RopeSpec.None()))),
                1,
                OptionalDouble.empty(),
                true);
    }

    /** The sizes of blocks. */
    record Blocks(int heads, int kvHeads, int width, double eps, double theta) {}
}
