package org.demur.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.demur.JobException;
import org.demur.SharedData;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What sets the families apart, on models that the transformers library saved. */
@Tag("shared")
class FamiliesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final RopeSpec USUAL = new RopeSpec(10_000, new RopeSpec.None());

    @Test
    void capsScalesAndSlidesInGemma2() {
        ModelConfig config = config("gemma2");
        assertThat(config.norm()).isEqualTo(new NormSpec(NormSpec.Kind.RMS, 1e-6, true));
        assertThat(config.attention())
                .isEqualTo(
                        new AttentionSpec(4, 2, 16, 16, 1 / Math.sqrt(20), OptionalDouble.of(4), false, false, false));
        assertThat(config.mlp()).isEqualTo(new MlpSpec(96, MlpSpec.Activation.GELU_TANH, true, false));
        assertThat(config.embeddingScale()).isEqualTo((float) Math.sqrt(48));
        assertThat(config.logitSoftcap()).hasValue(3);
        LayerAttention sliding = LayerAttention.sliding(5, USUAL);
        LayerAttention full = LayerAttention.full(USUAL);
        assertThat(config.layers()).containsExactly(sliding, full, sliding, full);
    }

    @Test
    void rotatesBlocksThatSlideOtherwiseInGemma3() {
        ModelConfig config = config("gemma3_text_linear_rope");
        LayerAttention sliding = LayerAttention.sliding(5, USUAL);
        LayerAttention full = LayerAttention.full(new RopeSpec(1_000_000, new RopeSpec.Linear(8)));
        assertThat(config.layers()).containsExactly(sliding, full, sliding, sliding);
        assertThat(config.attention().queryKeyNorm()).isTrue();
        assertThat(config.attention().scale()).isEqualTo(0.25);
        assertThat(config.logitSoftcap()).isEmpty();
    }

    @Test
    void runsHalvesInParallelInGptNeoX() {
        ModelConfig config = config("gpt_neox");
        assertThat(config.layout()).isEqualTo(BlockLayout.PARALLEL);
        assertThat(config.norm()).isEqualTo(new NormSpec(NormSpec.Kind.LAYER, 1e-5, false));
        assertThat(config.attention())
                .isEqualTo(new AttentionSpec(4, 4, 16, 4, 0.25, OptionalDouble.empty(), true, true, false));
        assertThat(config.mlp()).isEqualTo(new MlpSpec(128, MlpSpec.Activation.GELU, false, true));
        assertThat(config.layers().get(3)).isEqualTo(LayerAttention.full(USUAL));
    }

    @ParameterizedTest
    @CsvSource({"mistral_sliding,6", "phi3,7"})
    void slidesInEveryBlock(String name, int window) {
        assertThat(config(name).layers()).containsOnly(LayerAttention.sliding(window, USUAL));
    }

    @Test
    void biasesAndNormalisesHeadsInQwen() {
        AttentionSpec second = config("qwen2").attention();
        assertThat(second.qkvBias()).isTrue();
        assertThat(second.outputBias()).isFalse();
        AttentionSpec third = config("qwen3").attention();
        assertThat(third.queryKeyNorm()).isTrue();
        assertThat(third.qkvBias()).isFalse();
        assertThat(third.headDim()).isEqualTo(32);
        assertThat(config("qwen3").layers())
                .containsOnly(LayerAttention.full(new RopeSpec(1_000_000, new RopeSpec.None())));
    }

    @Test
    void takesGptNeoXProjectionsApartByHead() {
        Path folder = SharedData.path("goldens", "models", "gpt_neox");
        try (ModelBundle bundle = ModelBundle.open(folder);
                SafetensorsFile file = SafetensorsFile.open(folder.resolve("model.safetensors"))) {
            float[] stored = floats(file, "gpt_neox.layers.2.attention.query_key_value.weight");
            float[] keys = floats(bundle, TensorId.of(TensorRole.KEY, 2));
            int d = 64;
            for (int head = 0; head < 4; head++) {
                int from = (head * 48 + 16) * d;
                assertThat(Arrays.copyOfRange(keys, head * 16 * d, (head + 1) * 16 * d))
                        .isEqualTo(Arrays.copyOfRange(stored, from, from + 16 * d));
            }
            FloatBuffer some = FloatBuffer.allocate(20 * d);
            bundle.readRows(TensorId.of(TensorRole.KEY, 2), 14, 20, some);
            assertThat(some.array()).isEqualTo(Arrays.copyOfRange(keys, 14 * d, 34 * d));
            float[] bias = floats(file, "gpt_neox.layers.2.attention.query_key_value.bias");
            assertThat(floats(bundle, TensorId.of(TensorRole.VALUE_BIAS, 2)))
                    .startsWith(Arrays.copyOfRange(bias, 32, 48))
                    .endsWith(Arrays.copyOfRange(bias, 176, 192));
        }
    }

    @Test
    void takesFusedProjectionsOfPhi3Apart() {
        Path folder = SharedData.path("goldens", "models", "phi3");
        try (ModelBundle bundle = ModelBundle.open(folder);
                SafetensorsFile file = SafetensorsFile.open(folder.resolve("model.safetensors"))) {
            float[] attention = floats(file, "model.layers.1.self_attn.qkv_proj.weight");
            assertThat(floats(bundle, TensorId.of(TensorRole.VALUE, 1)))
                    .isEqualTo(Arrays.copyOfRange(attention, 96 * 48, 144 * 48));
            float[] mlp = floats(file, "model.layers.1.mlp.gate_up_proj.weight");
            assertThat(floats(bundle, TensorId.of(TensorRole.GATE, 1))).isEqualTo(Arrays.copyOf(mlp, 96 * 48));
            assertThat(floats(bundle, TensorId.of(TensorRole.UP, 1)))
                    .isEqualTo(Arrays.copyOfRange(mlp, 96 * 48, 192 * 48));
        }
    }

    @Test
    void addsOneToTheNormsOfGemmaInHuggingFaceFilesOnly() {
        Path folder = SharedData.path("goldens", "models", "gemma2");
        try (ModelBundle bundle = ModelBundle.open(folder);
                SafetensorsFile file = SafetensorsFile.open(folder.resolve("model.safetensors"))) {
            float[] stored = floats(file, "model.layers.1.pre_feedforward_layernorm.weight");
            float[] effective = floats(bundle, TensorId.of(TensorRole.MLP_NORM, 1));
            for (int i = 0; i < stored.length; i++) {
                assertThat(effective[i]).isEqualTo(1 + stored[i]);
            }
        }
    }

    @Test
    void readsGemma3FromGguf() throws IOException {
        Path path = SharedData.path("goldens", "gguf", "tiny-gemma3-q8_0.gguf");
        var golden = JSON.readTree(SharedData.path("goldens", "gguf", "tiny-gemma3-q8_0.golden.json")
                .toFile());
        try (ModelBundle bundle = ModelBundle.open(path);
                GgufFile raw = GgufFile.open(path)) {
            LayerAttention sliding = LayerAttention.sliding(6, USUAL);
            LayerAttention full = LayerAttention.full(new RopeSpec(1_000_000, new RopeSpec.None()));
            assertThat(bundle.config().layers()).containsExactly(sliding, sliding, sliding, sliding, sliding, full);
            assertThat(bundle.config().attention().scale()).isCloseTo(1 / Math.sqrt(32), within(1e-12));
            assertThat(bundle.config().embeddingScale()).isEqualTo(8);
            TensorNames names = Families.ALL.get(6).hf().tensors();
            for (TensorId id : bundle.tensors()) {
                String hf = names.of(id.role()).tensor(id.role(), id.layer());
                String stored =
                        golden.path("tensors_in_file").path(hf).path("gguf").asText();
                assertThat(floats(bundle, id)).as(hf).isEqualTo(floats(raw, stored));
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
            llama_tied | "new_maths": 1                                     | unknown config key new_maths may change
            llama_tied | "quantization_config": {"bits": 4}                 | key quantization_config is not implemented
            llama_tied | "num_local_experts": 8                             | key num_local_experts is not implemented
            llama_tied | "sliding_window": 8                                | key sliding_window is not implemented
            llama_tied | "use_sliding_window": true                         | key use_sliding_window is true
            llama_tied | "pretraining_tp": 2                                | key pretraining_tp is 2
            qwen3      | "attention_sinks": true                            | key attention_sinks is not implemented
            qwen2      | "use_mrope": true                                  | key use_mrope is true
            gemma2     | "use_bidirectional_attention": true                | key use_bidirectional_attention is true
            gemma2     | "attn_logit_softcapping": 0.0                      | softcap of attention is 0.0
            gemma2     | "layer_types": ["full_attention"]                  | layer_types does not list 4 layers
            gemma2     | "hidden_act": "silu"                               | hidden_act and hidden_activation contradict
            gemma3_text | "rope_parameters": {"rope_theta": 1e6}            | rope_parameters.rope_theta is not implemented
            gemma3_text | "layer_types": ["a", "a", "a", "a", "a", "a"]     | layer_types has a, which is not implemented
            mistral_sliding | "rope_parameters": {"rope_type": "yarn", "factor": 4.0} | rope type yarn is not implemented
            mistral_sliding | "rope_scaling": {"rope_type": "linear", "factor": 4.0}  | both rope_parameters and rope_scaling
            qwen3      | "rope_parameters": {"rope_type": "linear", "factor": 4.0, "mscale": 2} | unknown rope key mscale
            qwen3      | "rope_parameters": {"full_attention": {}}          | rope parameters by layer
            phi3       | "rope_parameters": {"rope_type": "longrope", "short_factor": [1], "long_factor": [1]} | short_factor has 1 numbers for 6 pairs
            phi3       | "rope_parameters": {"partial_rotary_factor": 1.5}  | partial_rotary_factor is 1.5
            gpt_neox   | "num_key_value_heads": 2                           | unknown config key num_key_value_heads
            """)
    void refusesByName(String name, String entry, String reason, @TempDir Path copy) throws IOException {
        edit(name, entry, copy);
        assertThatThrownBy(() -> ModelBundle.open(copy))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("config.json")
                .hasMessageContaining(reason);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
            llama_tied | "mlp_bias": false, "pruned_heads": {}, "quantization_config": null
            llama_tied | "embedding_multiplier": 1.0, "chunk_size_feed_forward": 0
            phi3       | "auto_map": {"AutoConfig": "configuration_phi3.Phi3Config"}, "lm_head_bias": false
            gpt_neox   | "hidden_dropout": 0.1, "is_decoder": true
            """)
    void letsPassWhatChangesNothing(String name, String entries, @TempDir Path copy) throws IOException {
        edit(name, entries, copy);
        try (ModelBundle bundle = ModelBundle.open(copy)) {
            assertThat(bundle.config()).isEqualTo(config(name));
        }
    }

    @Test
    void readsWhatPythiaAndPhi4MiniSay(@TempDir Path neox, @TempDir Path phi) throws IOException {
        edit("gpt_neox", "\"use_parallel_residual\": false, \"hidden_act\": \"gelu_new\"", neox);
        String longRope = "\"rope_parameters\": {\"type\": \"su\", \"short_factor\": [1, 1, 1, 2], \"long_factor\":"
                + " [4, 4, 4, 4], \"partial_rotary_factor\": 0.7}, \"original_max_position_embeddings\": 32";
        edit("phi3", longRope, phi);
        try (ModelBundle sequential = ModelBundle.open(neox);
                ModelBundle partial = ModelBundle.open(phi)) {
            assertThat(sequential.config().layout()).isEqualTo(BlockLayout.SEQUENTIAL);
            assertThat(sequential.config().mlp().activation()).isEqualTo(MlpSpec.Activation.GELU_TANH);
            assertThat(partial.config().attention().rotaryDims()).isEqualTo(8);
            double amplitude = Math.sqrt(1 + Math.log(4) / Math.log(32));
            assertThat(partial.config().layers().get(0).rope().scaling())
                    .isEqualTo(new RopeSpec.LongRope(
                            List.of(1.0, 1.0, 1.0, 2.0), List.of(4.0, 4.0, 4.0, 4.0), 32, amplitude));
        }
    }

    @Test
    void slidesInLateBlocksOfQwenWhereTheFileSaysSo(@TempDir Path copy) throws IOException {
        edit(
                "qwen2",
                "\"use_sliding_window\": true, \"sliding_window\": 4, \"max_window_layers\": 3, \"layer_types\": null",
                copy);
        try (ModelBundle bundle = ModelBundle.open(copy)) {
            assertThat(bundle.config().layers())
                    .extracting(layer -> layer.window().orElse(0))
                    .containsExactly(0, 0, 0, 4, 4);
        }
    }

    @ParameterizedTest
    @CsvSource({"language_model.model.,vision_tower.", "model.language_model.,model.vision_tower."})
    void readsTheTextHalfOfGemma3(String prefix, String vision, @TempDir Path copy) throws IOException {
        Path folder = SharedData.path("goldens", "models", "gemma3_text");
        ObjectNode config = JSON.createObjectNode().put("model_type", "gemma3").put("image_token_index", 9);
        config.putArray("architectures").add("Gemma3ForConditionalGeneration");
        config.putObject("vision_config").put("anything", 1);
        ObjectNode text =
                (ObjectNode) JSON.readTree(folder.resolve("config.json").toFile());
        text.remove("architectures");
        config.set("text_config", text);
        Files.writeString(copy.resolve("config.json"), config.toString());
        List<NamedTensor> tensors = new ArrayList<>();
        tensors.add(NamedTensor.f32(vision + "patch.weight", new long[] {2}, new float[2]));
        try (SafetensorsFile file = SafetensorsFile.open(folder.resolve("model.safetensors"))) {
            for (String name : file.names()) {
                String renamed = prefix + name.substring("model.".length());
                tensors.add(NamedTensor.f32(renamed, file.info(name).shape(), floats(file, name)));
            }
        }
        SafetensorsWriter.write(copy.resolve("model.safetensors"), Map.of(), tensors);
        try (ModelBundle half = ModelBundle.open(copy);
                ModelBundle whole = ModelBundle.open(folder)) {
            assertThat(half.config()).isEqualTo(whole.config());
            assertThat(half.special().turnEnds()).isEqualTo(whole.special().turnEnds());
            for (TensorId id : whole.tensors()) {
                assertThat(floats(half, id)).isEqualTo(floats(whole, id));
            }
        }
        Files.writeString(copy.resolve("config.json"), config.put("mystery", 1).toString());
        assertThatThrownBy(() -> ModelBundle.open(copy))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("unknown config key mystery");
    }

    private static ModelConfig config(String name) {
        try (ModelBundle bundle = ModelBundle.open(SharedData.path("goldens", "models", name))) {
            return bundle.config();
        }
    }

    /** Copies a model and sets keys of its config.json. */
    private static void edit(String name, String entries, Path copy) throws IOException {
        Path folder = SharedData.path("goldens", "models", name);
        ObjectNode config =
                (ObjectNode) JSON.readTree(folder.resolve("config.json").toFile());
        config.setAll((ObjectNode) JSON.readTree("{" + entries + "}"));
        Files.writeString(copy.resolve("config.json"), config.toString());
        Files.copy(folder.resolve("model.safetensors"), copy.resolve("model.safetensors"));
    }

    private static float[] floats(ModelBundle bundle, TensorId id) {
        FloatBuffer floats = FloatBuffer.allocate((int) bundle.tensor(id).elementCount());
        bundle.readFloats(id, floats);
        return floats.array();
    }

    private static float[] floats(TensorSource source, String name) {
        FloatBuffer floats = FloatBuffer.allocate((int) source.info(name).elementCount());
        source.readFloats(name, floats);
        return floats.array();
    }
}
