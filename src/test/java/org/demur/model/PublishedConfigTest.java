package org.demur.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Configurations with the keys and values that published models have in config.json. */
class PublishedConfigTest {
    @TempDir
    private Path folder;

    @Test
    void llama31() throws IOException {
        ModelConfig config = read(
                """
                {"architectures": ["LlamaForCausalLM"], "attention_bias": false, "attention_dropout": 0.0,
                 "bos_token_id": 128000, "eos_token_id": [128001, 128008, 128009], "hidden_act": "silu",
                 "hidden_size": 4096, "initializer_range": 0.02, "intermediate_size": 14336,
                 "max_position_embeddings": 131072, "mlp_bias": false, "model_type": "llama",
                 "num_attention_heads": 32, "num_hidden_layers": 32, "num_key_value_heads": 8, "pretraining_tp": 1,
                 "rms_norm_eps": 1e-05, "rope_scaling": {"factor": 8.0, "low_freq_factor": 1.0,
                 "high_freq_factor": 4.0, "original_max_position_embeddings": 8192, "rope_type": "llama3"},
                 "rope_theta": 500000.0, "tie_word_embeddings": false, "torch_dtype": "bfloat16",
                 "transformers_version": "4.42.3", "use_cache": true, "vocab_size": 128256}""");
        assertThat(config.attention().headDim()).isEqualTo(128);
        assertThat(config.layers())
                .containsOnly(LayerAttention.full(new RopeSpec(500_000, new RopeSpec.Llama3(8, 1, 4, 8192))));
    }

    @Test
    void smolLm2() throws IOException {
        ModelConfig config = read(
                """
                {"architectures": ["LlamaForCausalLM"], "attention_bias": false, "attention_dropout": 0.0,
                 "bos_token_id": 1, "eos_token_id": 2, "hidden_act": "silu", "hidden_size": 576,
                 "initializer_range": 0.041666666666666664, "intermediate_size": 1536, "is_llama_config": true,
                 "max_position_embeddings": 8192, "mlp_bias": false, "model_type": "llama", "num_attention_heads": 9,
                 "num_hidden_layers": 30, "num_key_value_heads": 3, "pad_token_id": 2, "pretraining_tp": 1,
                 "rms_norm_eps": 1e-05, "rope_interleaved": false, "rope_scaling": null, "rope_theta": 100000,
                 "tie_word_embeddings": true, "torch_dtype": "bfloat16",
                 "transformers.js_config": {"kv_cache_dtype": {"q4f16": "float16"}},
                 "transformers_version": "4.42.3", "use_cache": true, "vocab_size": 49152}""");
        assertThat(config.tiedHead()).isTrue();
    }

    @Test
    void mistral01() throws IOException {
        ModelConfig config = read(
                """
                {"architectures": ["MistralForCausalLM"], "bos_token_id": 1, "eos_token_id": 2, "hidden_act": "silu",
                 "hidden_size": 4096, "initializer_range": 0.02, "intermediate_size": 14336,
                 "max_position_embeddings": 32768, "model_type": "mistral", "num_attention_heads": 32,
                 "num_hidden_layers": 32, "num_key_value_heads": 8, "rms_norm_eps": 1e-05, "rope_theta": 10000.0,
                 "sliding_window": 4096, "tie_word_embeddings": false, "torch_dtype": "bfloat16",
                 "transformers_version": "4.34.0.dev0", "use_cache": true, "vocab_size": 32000}""");
        assertThat(config.layers()).extracting(LayerAttention::window).containsOnly(OptionalInt.of(4096));
    }

    @Test
    void qwen25() throws IOException {
        ModelConfig config = read(
                """
                {"architectures": ["Qwen2ForCausalLM"], "attention_dropout": 0.0, "bos_token_id": 151643,
                 "eos_token_id": 151645, "hidden_act": "silu", "hidden_size": 3584, "initializer_range": 0.02,
                 "intermediate_size": 18944, "max_position_embeddings": 32768, "max_window_layers": 28,
                 "model_type": "qwen2", "num_attention_heads": 28, "num_hidden_layers": 28, "num_key_value_heads": 4,
                 "rms_norm_eps": 1e-06, "rope_theta": 1000000.0, "sliding_window": 131072,
                 "tie_word_embeddings": false, "torch_dtype": "bfloat16", "transformers_version": "4.43.1",
                 "use_cache": true, "use_mrope": false, "use_sliding_window": false, "vocab_size": 152064}""");
        assertThat(config.layers()).extracting(LayerAttention::window).containsOnly(OptionalInt.empty());
        assertThat(config.attention().qkvBias()).isTrue();
    }

    @Test
    void gemma() throws IOException {
        ModelConfig config = read(
                """
                {"architectures": ["GemmaForCausalLM"], "attention_bias": false, "attention_dropout": 0.0,
                 "bos_token_id": 2, "eos_token_id": 1, "head_dim": 256, "hidden_act": "gelu",
                 "hidden_activation": "gelu_pytorch_tanh", "hidden_size": 2048, "initializer_range": 0.02,
                 "intermediate_size": 16384, "max_position_embeddings": 8192, "model_type": "gemma",
                 "num_attention_heads": 8, "num_hidden_layers": 18, "num_key_value_heads": 1, "pad_token_id": 0,
                 "rms_norm_eps": 1e-06, "rope_scaling": null, "rope_theta": 10000.0, "torch_dtype": "bfloat16",
                 "transformers_version": "4.38.0.dev0", "use_cache": true, "vocab_size": 256000}""");
        assertThat(config.mlp().activation()).isEqualTo(MlpSpec.Activation.GELU_TANH);
        assertThat(config.tiedHead()).isTrue();
        assertThat(config.embeddingScale()).isCloseTo(Math.sqrt(2048), within(1e-5));
    }

    /** The text half of the 4B model leaves even the number of heads to the defaults. */
    @Test
    void gemma3WithVision() throws IOException {
        JsonKeys keys = write(
                """
                {"architectures": ["Gemma3ForConditionalGeneration"], "boi_token_index": 255999,
                 "eoi_token_index": 256000, "eos_token_id": [1, 106], "image_token_index": 262144,
                 "initializer_range": 0.02, "mm_tokens_per_image": 256, "model_type": "gemma3",
                 "text_config": {"hidden_size": 2560, "intermediate_size": 10240, "model_type": "gemma3_text",
                 "num_hidden_layers": 34, "rope_scaling": {"factor": 8.0, "rope_type": "linear"},
                 "sliding_window": 1024}, "torch_dtype": "bfloat16", "transformers_version": "4.50.0.dev0",
                 "vision_config": {"hidden_size": 1152}}""");
        assertThat(Gemma3TextPart.isPartOf(keys)).isTrue();
        JsonKeys text = Gemma3TextPart.config(keys);
        ModelConfig config = HfConfig.read(text, HfConfig.family(text));
        assertThat(config.attention().heads()).isEqualTo(8);
        assertThat(config.attention().kvHeads()).isEqualTo(4);
        assertThat(config.attention().scale()).isEqualTo(1 / 16.0);
        assertThat(config.vocabSize()).isEqualTo(262_208);
        assertThat(config.layers().get(5))
                .isEqualTo(LayerAttention.full(new RopeSpec(1_000_000, new RopeSpec.Linear(8))));
        assertThat(config.layers().get(6))
                .isEqualTo(LayerAttention.sliding(1024, new RopeSpec(10_000, new RopeSpec.None())));
    }

    @Test
    void phi4Mini() throws IOException {
        String factors = "[" + "1.0, ".repeat(47) + "1.5]";
        ModelConfig config = read(
                """
                {"architectures": ["Phi3ForCausalLM"], "attention_bias": false, "attention_dropout": 0.0,
                 "auto_map": {"AutoModelForCausalLM": "modeling_phi3.Phi3ForCausalLM"}, "bos_token_id": 199999,
                 "embd_pdrop": 0.0, "eos_token_id": 199999, "full_attn_mod": 1, "hidden_act": "silu",
                 "hidden_size": 3072, "initializer_range": 0.02, "intermediate_size": 8192, "interpolate_factor": 1,
                 "lm_head_bias": false, "max_position_embeddings": 131072, "mlp_bias": false, "model_type": "phi3",
                 "num_attention_heads": 24, "num_hidden_layers": 32, "num_key_value_heads": 8,
                 "original_max_position_embeddings": 4096, "pad_token_id": 199999, "partial_rotary_factor": 0.75,
                 "resid_pdrop": 0.0, "rms_norm_eps": 1e-05, "rope_scaling": {"long_factor": %s,
                 "short_factor": %s, "type": "longrope"}, "rope_theta": 10000.0, "sliding_window": 262144,
                 "tie_word_embeddings": true, "torch_dtype": "bfloat16", "transformers_version": "4.45.0",
                 "use_cache": true, "vocab_size": 200064}"""
                        .formatted(factors, factors));
        assertThat(config.attention().rotaryDims()).isEqualTo(96);
        RopeSpec.LongRope rope =
                (RopeSpec.LongRope) config.layers().get(0).rope().scaling();
        assertThat(rope.originalMaxPositions()).isEqualTo(4096);
        assertThat(rope.amplitude()).isCloseTo(Math.sqrt(1 + Math.log(32) / Math.log(4096)), within(1e-12));
    }

    @Test
    void pythia() throws IOException {
        ModelConfig config = read(
                """
                {"architectures": ["GPTNeoXForCausalLM"], "bos_token_id": 0, "eos_token_id": 0, "hidden_act": "gelu",
                 "hidden_size": 2048, "initializer_range": 0.02, "intermediate_size": 8192, "layer_norm_eps": 1e-05,
                 "max_position_embeddings": 2048, "model_type": "gpt_neox", "num_attention_heads": 16,
                 "num_hidden_layers": 24, "rotary_emb_base": 10000, "rotary_pct": 0.25, "tie_word_embeddings": false,
                 "torch_dtype": "float16", "transformers_version": "4.24.0", "use_cache": true,
                 "use_parallel_residual": true, "vocab_size": 50304}""");
        assertThat(config.attention().rotaryDims()).isEqualTo(32);
        assertThat(config.attention().outputBias()).isTrue();
        assertThat(config.layout()).isEqualTo(BlockLayout.PARALLEL);
    }

    private ModelConfig read(String json) throws IOException {
        JsonKeys keys = write(json);
        return HfConfig.read(keys, HfConfig.family(keys));
    }

    private JsonKeys write(String json) throws IOException {
        return JsonKeys.of(Files.writeString(folder.resolve("config.json"), json));
    }
}
