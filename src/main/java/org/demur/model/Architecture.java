package org.demur.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.demur.model.TensorRule.RowOrder;
import org.demur.model.TensorRule.Width;

/**
 * The model families that can be read, as data: which tensors they have and what they are called.
 */
enum Architecture {
    LLAMA("llama", "LlamaForCausalLM", "llama", llama());

    private final String hfModelType;
    private final String hfClass;
    private final String ggufName;
    private final List<TensorRule> rules;

    Architecture(String hfModelType, String hfClass, String ggufName, List<TensorRule> rules) {
        this.hfModelType = hfModelType;
        this.hfClass = hfClass;
        this.ggufName = ggufName;
        this.rules = rules;
    }

    static Optional<Architecture> ofHf(String modelType) {
        return List.of(values()).stream()
                .filter(a -> a.hfModelType.equals(modelType))
                .findFirst();
    }

    static Optional<Architecture> ofGguf(String name) {
        return List.of(values()).stream().filter(a -> a.ggufName.equals(name)).findFirst();
    }

    String hfModelType() {
        return hfModelType;
    }

    /** The class name in {@code architectures} of config.json. */
    String hfClass() {
        return hfClass;
    }

    String ggufName() {
        return ggufName;
    }

    /** The rules of this family's tensors that a model of that configuration has. */
    List<TensorRule> rules(ModelConfig config) {
        return rules.stream()
                .filter(rule -> !(config.tiedHead() && rule.role() == TensorRole.HEAD))
                .filter(rule -> config.attention().qkvBias() || !rule.hfName().endsWith(BIAS))
                .toList();
    }

    static final String HEAD = "lm_head.weight";
    static final String GGUF_HEAD = "output.weight";
    static final String GGUF_QUERY_BIAS = "blk.0.attn_q.bias";
    private static final String BIAS = ".bias";

    private static List<TensorRule> llama() {
        List<TensorRule> rules = new ArrayList<>();
        rules.add(matrix(TensorRole.EMBEDDING, "model.embed_tokens", "token_embd", Width.VOCABULARY, Width.MODEL));
        rules.add(vector(TensorRole.ATTENTION_NORM, "model.layers.N.input_layernorm", "blk.N.attn_norm"));
        rules.add(rotated(TensorRole.QUERY, "model.layers.N.self_attn.q_proj", "blk.N.attn_q", Width.QUERIES));
        rules.add(rotated(TensorRole.KEY, "model.layers.N.self_attn.k_proj", "blk.N.attn_k", Width.KEYS));
        rules.add(matrix(TensorRole.VALUE, "model.layers.N.self_attn.v_proj", "blk.N.attn_v", Width.KEYS, Width.MODEL));
        rules.add(matrix(
                TensorRole.ATTENTION_OUTPUT,
                "model.layers.N.self_attn.o_proj",
                "blk.N.attn_output",
                Width.MODEL,
                Width.QUERIES));
        rules.add(bias(TensorRole.QUERY_BIAS, "q_proj", "attn_q", Width.QUERIES, RowOrder.INTERLEAVED));
        rules.add(bias(TensorRole.KEY_BIAS, "k_proj", "attn_k", Width.KEYS, RowOrder.INTERLEAVED));
        rules.add(bias(TensorRole.VALUE_BIAS, "v_proj", "attn_v", Width.KEYS, RowOrder.PLAIN));
        rules.add(bias(TensorRole.ATTENTION_OUTPUT_BIAS, "o_proj", "attn_output", Width.MODEL, RowOrder.PLAIN));
        rules.add(vector(TensorRole.MLP_NORM, "model.layers.N.post_attention_layernorm", "blk.N.ffn_norm"));
        rules.add(matrix(
                TensorRole.GATE, "model.layers.N.mlp.gate_proj", "blk.N.ffn_gate", Width.FEED_FORWARD, Width.MODEL));
        rules.add(matrix(TensorRole.UP, "model.layers.N.mlp.up_proj", "blk.N.ffn_up", Width.FEED_FORWARD, Width.MODEL));
        rules.add(matrix(
                TensorRole.DOWN, "model.layers.N.mlp.down_proj", "blk.N.ffn_down", Width.MODEL, Width.FEED_FORWARD));
        rules.add(vector(TensorRole.FINAL_NORM, "model.norm", "output_norm"));
        rules.add(matrix(TensorRole.HEAD, "lm_head", "output", Width.VOCABULARY, Width.MODEL));
        return List.copyOf(rules);
    }

    private static TensorRule matrix(TensorRole role, String hf, String gguf, Width rows, Width columns) {
        return new TensorRule(role, hf + ".weight", gguf + ".weight", List.of(rows, columns), RowOrder.PLAIN);
    }

    private static TensorRule rotated(TensorRole role, String hf, String gguf, Width rows) {
        return new TensorRule(role, hf + ".weight", gguf + ".weight", List.of(rows, Width.MODEL), RowOrder.INTERLEAVED);
    }

    private static TensorRule bias(TensorRole role, String hf, String gguf, Width width, RowOrder order) {
        return new TensorRule(
                role, "model.layers.N.self_attn." + hf + BIAS, "blk.N." + gguf + BIAS, List.of(width), order);
    }

    private static TensorRule vector(TensorRole role, String hf, String gguf) {
        return new TensorRule(role, hf + ".weight", gguf + ".weight", List.of(Width.MODEL), RowOrder.PLAIN);
    }
}
