package org.demur.model;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.demur.model.Architecture.Biases;
import org.demur.model.Architecture.Dialect;
import org.demur.model.Architecture.Names;
import org.demur.model.Architecture.Trait;

/**
 * The families that can be read. Defaults are those of the configuration classes of transformers 5.23, as far as
 * published files rely on them, and of llama.cpp.
 */
final class Families {
    private static final String ATTENTION_BIAS = "attention_bias";
    private static final String LAYER_TYPES = "layer_types";
    private static final Set<String> QWEN_KEYS = Set.of(LAYER_TYPES, "use_sliding_window", "max_window_layers");

    /** All of them; of two that share a name in GGUF files, the one such a file is taken for comes first. */
    static final List<Architecture> ALL =
            List.of(llama(), mistral(), qwen2(), qwen3(), gemma(), gemma2(), gemma3(), phi3(), gptNeoX());

    private Families() {}

    private static Architecture llama() {
        return new Architecture(
                new Names("llama", "LlamaForCausalLM", "llama"),
                Set.of(),
                Biases.STATED,
                Sliding.NONE,
                MlpSpec.Activation.SILU,
                new Dialect(TensorNames.huggingFace(), Set.of(ATTENTION_BIAS), hfDefaults(2048)),
                new Dialect(TensorNames.gguf().rotaryPairs(), Set.of(), Map.of()));
    }

    /** GGUF files call it llama, and don't say how far it sees. */
    private static Architecture mistral() {
        return new Architecture(
                new Names("mistral", "MistralForCausalLM", "llama"),
                Set.of(),
                Biases.NONE,
                Sliding.ALL,
                MlpSpec.Activation.SILU,
                new Dialect(
                        TensorNames.huggingFace(),
                        Set.of(),
                        Map.of(
                                Setting.POSITIONS, 131_072.0,
                                Setting.RMS_EPSILON, 1e-6,
                                Setting.KV_HEADS, 8.0,
                                Setting.WINDOW, 4096.0)),
                new Dialect(TensorNames.gguf().rotaryPairs(), Set.of(), Map.of()));
    }

    private static Architecture qwen2() {
        return new Architecture(
                new Names("qwen2", "Qwen2ForCausalLM", "qwen2"),
                Set.of(),
                Biases.QUERY_KEY_VALUE,
                Sliding.LAST,
                MlpSpec.Activation.SILU,
                new Dialect(TensorNames.huggingFace(), QWEN_KEYS, qwenDefaults(Map.of())),
                new Dialect(TensorNames.gguf(), Set.of(), Map.of()));
    }

    private static Architecture qwen3() {
        return new Architecture(
                new Names("qwen3", "Qwen3ForCausalLM", "qwen3"),
                EnumSet.of(Trait.QUERY_KEY_NORM),
                Biases.STATED,
                Sliding.LAST,
                MlpSpec.Activation.SILU,
                new Dialect(
                        TensorNames.huggingFace(),
                        with(QWEN_KEYS, ATTENTION_BIAS),
                        qwenDefaults(Map.of(Setting.HEAD_DIM, 128.0))),
                new Dialect(TensorNames.gguf(), Set.of(), Map.of()));
    }

    private static Architecture gemma() {
        return new Architecture(
                new Names("gemma", "GemmaForCausalLM", "gemma"),
                EnumSet.of(Trait.SCALED_EMBEDDING, Trait.TIED),
                Biases.STATED,
                Sliding.NONE,
                MlpSpec.Activation.GELU_TANH,
                new Dialect(
                        TensorNames.huggingFace().normsLessOne(),
                        Set.of(ATTENTION_BIAS, HfActivation.HIDDEN_ACTIVATION),
                        Map.of(
                                Setting.POSITIONS, 8192.0,
                                Setting.RMS_EPSILON, 1e-6,
                                Setting.KV_HEADS, 16.0,
                                Setting.HEAD_DIM, 256.0)),
                new Dialect(TensorNames.gguf(), Set.of(), Map.of()));
    }

    private static Architecture gemma2() {
        return new Architecture(
                new Names("gemma2", "Gemma2ForCausalLM", "gemma2"),
                EnumSet.of(Trait.SCALED_EMBEDDING, Trait.TIED, Trait.NORM_AFTER_SUBLAYERS, Trait.SOFTCAPS),
                Biases.STATED,
                Sliding.EVERY_OTHER,
                MlpSpec.Activation.GELU_TANH,
                new Dialect(
                        gemmaWithFourNorms(),
                        Set.of(ATTENTION_BIAS, HfActivation.HIDDEN_ACTIVATION, LAYER_TYPES, HfConfig.QUERY_SCALAR),
                        Map.of(
                                Setting.POSITIONS, 8192.0,
                                Setting.RMS_EPSILON, 1e-6,
                                Setting.KV_HEADS, 4.0,
                                Setting.HEAD_DIM, 256.0,
                                Setting.WINDOW, 4096.0,
                                Setting.ATTENTION_SOFTCAP, 50.0,
                                Setting.LOGIT_SOFTCAP, 30.0)),
                new Dialect(
                        TensorNames.gguf(),
                        Set.of(),
                        Map.of(
                                Setting.WINDOW, 4096.0,
                                Setting.ATTENTION_SOFTCAP, 50.0,
                                Setting.LOGIT_SOFTCAP, 30.0)));
    }

    /** The text half of Gemma 3; its 4B model's config.json leaves most sizes to the defaults. */
    private static Architecture gemma3() {
        return new Architecture(
                new Names("gemma3_text", "Gemma3ForCausalLM", "gemma3"),
                EnumSet.of(
                        Trait.SCALED_EMBEDDING,
                        Trait.TIED,
                        Trait.NORM_AFTER_SUBLAYERS,
                        Trait.QUERY_KEY_NORM,
                        Trait.LOCAL_ROPE,
                        Trait.SOFTCAPS),
                Biases.STATED,
                Sliding.FIVE_OF_SIX,
                MlpSpec.Activation.GELU_TANH,
                new Dialect(
                        gemmaWithFourNorms(),
                        Set.of(
                                ATTENTION_BIAS,
                                HfActivation.HIDDEN_ACTIVATION,
                                LAYER_TYPES,
                                HfConfig.QUERY_SCALAR,
                                "sliding_window_pattern",
                                "_sliding_window_pattern",
                                "rope_local_base_freq"),
                        Map.of(
                                Setting.VOCABULARY, 262_208.0,
                                Setting.HEADS, 8.0,
                                Setting.POSITIONS, 131_072.0,
                                Setting.RMS_EPSILON, 1e-6,
                                Setting.KV_HEADS, 4.0,
                                Setting.HEAD_DIM, 256.0,
                                Setting.WINDOW, 4096.0)),
                new Dialect(
                        TensorNames.gguf(),
                        Set.of("attention.sliding_window_pattern", "rope.freq_base_swa"),
                        Map.of()));
    }

    private static Architecture phi3() {
        TensorRole[] attention = {TensorRole.QUERY, TensorRole.KEY, TensorRole.VALUE};
        TensorRole[] mlp = {TensorRole.GATE, TensorRole.UP};
        return new Architecture(
                new Names("phi3", "Phi3ForCausalLM", "phi3"),
                EnumSet.of(Trait.PARTIAL_ROTARY),
                Biases.NONE,
                Sliding.ALL,
                MlpSpec.Activation.SILU,
                new Dialect(
                        TensorNames.huggingFace()
                                .fused("model.layers.N.self_attn.qkv_proj", RowMap.Order.PLAIN, attention)
                                .fused("model.layers.N.mlp.gate_up_proj", RowMap.Order.PLAIN, mlp),
                        // The code that auto_map names is the ancestor of what the transformers library computes.
                        Set.of(HfRope.ORIGINAL_POSITIONS, HfRope.PARTIAL, "auto_map"),
                        Map.of(Setting.POSITIONS, 4096.0, Setting.RMS_EPSILON, 1e-5)),
                new Dialect(
                        TensorNames.gguf()
                                .fused("blk.N.attn_qkv", RowMap.Order.PLAIN, attention)
                                .fused("blk.N.ffn_up", RowMap.Order.PLAIN, mlp),
                        Set.of(GgufRope.AMPLITUDE),
                        Map.of()));
    }

    private static Architecture gptNeoX() {
        return new Architecture(
                new Names("gpt_neox", "GPTNeoXForCausalLM", "gptneox"),
                EnumSet.of(Trait.LAYER_NORM, Trait.UNGATED, Trait.PARTIAL_ROTARY, Trait.MULTI_HEAD),
                Biases.ALL,
                Sliding.NONE,
                MlpSpec.Activation.GELU,
                new Dialect(
                        TensorNames.huggingFaceNeoX(),
                        Set.of(ATTENTION_BIAS, HfRope.NEOX_PARTIAL, HfRope.NEOX_THETA, ConfigSource.PARALLEL),
                        Map.of(Setting.POSITIONS, 2048.0, Setting.LAYER_EPSILON, 1e-5)),
                new Dialect(
                        TensorNames.gguf()
                                .fused(
                                        "blk.N.attn_qkv",
                                        RowMap.Order.PLAIN,
                                        TensorRole.QUERY,
                                        TensorRole.KEY,
                                        TensorRole.VALUE),
                        Set.of(ConfigSource.PARALLEL),
                        Map.of()));
    }

    private static TensorNames gemmaWithFourNorms() {
        String block = "model.layers.N.";
        return TensorNames.huggingFace()
                .named(TensorRole.POST_ATTENTION_NORM, block + "post_attention_layernorm")
                .named(TensorRole.MLP_NORM, block + "pre_feedforward_layernorm")
                .named(TensorRole.POST_MLP_NORM, block + "post_feedforward_layernorm")
                .normsLessOne();
    }

    private static Map<Setting, Double> hfDefaults(double positions) {
        return Map.of(Setting.POSITIONS, positions, Setting.RMS_EPSILON, 1e-6);
    }

    private static Map<Setting, Double> qwenDefaults(Map<Setting, Double> more) {
        EnumMap<Setting, Double> defaults = new EnumMap<>(hfDefaults(32_768));
        defaults.put(Setting.KV_HEADS, 32.0);
        defaults.put(Setting.WINDOW, 4096.0);
        defaults.putAll(more);
        return defaults;
    }

    private static Set<String> with(Set<String> keys, String key) {
        Set<String> all = new HashSet<>(keys);
        all.add(key);
        return Set.copyOf(all);
    }
}
