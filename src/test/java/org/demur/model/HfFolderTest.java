package org.demur.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.demur.ExitCode;
import org.demur.JobException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Hugging Face folders made by hand. */
class HfFolderTest {
    static final String CONFIG =
            """
            {"model_type": "llama", "hidden_size": 8, "num_attention_heads": 2, "num_key_value_heads": 1,
             "num_hidden_layers": 1, "intermediate_size": 12, "vocab_size": 5, "rms_norm_eps": 1e-5,
             "tie_word_embeddings": true, "max_position_embeddings": 16, "eos_token_id": [3, 4], "bos_token_id": 1
             %s}""";

    @TempDir
    private Path folder;

    @BeforeEach
    void writeModel() throws IOException {
        config("");
        SafetensorsWriter.write(folder.resolve("model.safetensors"), Map.of(), tensors());
    }

    @Test
    void readsAFolderWithoutTokenizer() {
        try (ModelBundle bundle = ModelBundle.open(folder)) {
            assertThat(bundle.config())
                    .isEqualTo(LlamaNames.config(1, 8, 5, 16, new LlamaNames.Blocks(2, 1, 12, 1e-5, 10_000)));
            assertThat(bundle.special().turnEnds()).containsExactlyInAnyOrder(3, 4);
            assertThat(bundle.special().eos()).hasValue(3);
            assertThat(bundle.special().bosText()).isEmpty();
            assertThat(bundle.files()).extracting(FileDigest::name).containsExactly("config.json", "model.safetensors");
            assertThat(bundle.chatTemplate()).isEmpty();
        }
    }

    @Test
    void readsTokenizerTemplateAndGenerationSettings() throws IOException {
        write(
                "tokenizer.json",
                """
                {"added_tokens": [{"id": 0, "content": "<pad>", "special": true},
                                  {"id": 2, "content": "<|im_end|>", "special": true}],
                 "post_processor": {"type": "TemplateProcessing",
                                    "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}]},
                 "model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}}""");
        write(
                "tokenizer_config.json",
                """
                {"bos_token": {"content": "<s>"}, "eos_token": "<|im_end|>", "pad_token": "<pad>",
                 "added_tokens_decoder": {"1": {"content": "<s>", "special": true}},
                 "chat_template": [{"name": "tools", "template": "T"}, {"name": "default", "template": "D"}]}""");
        write("generation_config.json", "{\"eos_token_id\": 4}");
        try (ModelBundle bundle = ModelBundle.open(folder)) {
            SpecialTokens special = bundle.special();
            assertThat(special.bos()).hasValue(1);
            assertThat(special.eos()).hasValue(2);
            assertThat(special.pad()).hasValue(0);
            assertThat(special.turnEnds()).containsExactlyInAnyOrder(2, 3, 4);
            assertThat(special.addBos()).isTrue();
            assertThat(special.controlTokens()).containsOnlyKeys("<pad>", "<s>", "<|im_end|>");
            assertThat(bundle.chatTemplate()).contains("D");
            assertThat(bundle.tokenizerJson()).contains("TemplateProcessing");
            assertThat(bundle.files()).hasSize(5);
        }
        write("chat_template.jinja", "J");
        try (ModelBundle bundle = ModelBundle.open(folder)) {
            assertThat(bundle.chatTemplate()).contains("J");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
            "rope_theta": 5e5                                                           | None
            "rope_scaling": {"type": "linear", "factor": 2.0}                           | Linear
            "rope_scaling": {"rope_type": "linear", "factor": 2.0}                      | Linear
            "rope_parameters": {"rope_type": "linear", "factor": 2.0, "rope_theta": 1e6} | Linear
            "rope_parameters": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 8} | Llama3
            """)
    void readsRopeInEverySpelling(String key, String scaling) throws IOException {
        config(", " + key);
        try (ModelBundle bundle = ModelBundle.open(folder)) {
            assertThat(bundle.config()
                            .layers()
                            .get(0)
                            .rope()
                            .scaling()
                            .getClass()
                            .getSimpleName())
                    .isEqualTo(scaling);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
            "hidden_act": "relu"                                   | hidden_act relu
            "mlp_bias": true                                       | mlp_bias is true
            "quantization_config": {"bits": 4}                     | quantization_config
            "sliding_window": 4                                    | sliding_window
            "partial_rotary_factor": 0.5                           | partial_rotary_factor
            "architectures": ["LlamaForSequenceClassification"]    | architectures is not LlamaForCausalLM
            "rope_scaling": {"type": "yarn", "factor": 2.0}        | rope type yarn
            "rope_scaling": {"type": "linear"}                     | key factor is missing
            "rope_scaling": {"type": "linear", "factor": 0}        | rope frequency is Infinity
            "rope_theta": -1.0                                     | rope theta is -1.0
            "head_dim": 3                                          | or none, cannot rotate: 3
            "head_dim": 1e9                                        | head_dim is not a whole number
            "vocab_size": 6                                        | Duplicate field 'vocab_size'
            """)
    void refusesConfigurationsByName(String key, String reason) throws IOException {
        config(", " + key);
        assertThatThrownBy(() -> ModelBundle.open(folder))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("config.json")
                .hasMessageContaining(reason);
    }

    @Test
    void asksForEveryBiasOfTheAttention() throws IOException {
        config(", \"attention_bias\": true");
        assertThatThrownBy(() -> ModelBundle.open(folder))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("tensor model.layers.0.self_attn.q_proj.bias is missing");
        List<NamedTensor> tensors = tensors();
        for (Object[] bias : new Object[][] {{"q", 8}, {"k", 4}, {"v", 4}, {"o", 8}}) {
            tensors.add(zeros("model.layers.0.self_attn." + bias[0] + "_proj.bias", (int) bias[1]));
        }
        SafetensorsWriter.write(folder.resolve("model.safetensors"), Map.of(), tensors);
        try (ModelBundle bundle = ModelBundle.open(folder)) {
            assertThat(bundle.config().attention().qkvBias()).isTrue();
            assertThat(bundle.tensors()).hasSize(15).contains(TensorId.of(TensorRole.ATTENTION_OUTPUT_BIAS, 0));
        }
    }

    @Test
    void refusesOtherModelTypes() throws IOException {
        write("config.json", "{\"model_type\": \"mamba\"}");
        assertThatThrownBy(() -> ModelBundle.open(folder))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("model_type mamba");
    }

    @Test
    void refusesTensorsThatAreMissingOrTooMany() {
        List<NamedTensor> tensors = tensors();
        NamedTensor norm = tensors.remove(0);
        SafetensorsWriter.write(folder.resolve("model.safetensors"), Map.of(), tensors);
        assertThatThrownBy(() -> ModelBundle.open(folder))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("tensor model.norm.weight is missing");
        tensors.add(norm);
        tensors.add(zeros("model.layers.0.self_attn.q_norm.weight", 4));
        SafetensorsWriter.write(folder.resolve("model.safetensors"), Map.of(), tensors);
        assertThatThrownBy(() -> ModelBundle.open(folder))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("self_attn.q_norm.weight has no part in a llama");
    }

    @Test
    void refusesPickledWeights() throws IOException {
        Files.delete(folder.resolve("model.safetensors"));
        write("pytorch_model.bin", "never read");
        assertThatThrownBy(() -> ModelBundle.open(folder))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("only safetensors");
    }

    @Test
    void namesTheFileThatIsMissing() throws IOException {
        Files.delete(folder.resolve("model.safetensors"));
        assertThatThrownBy(() -> ModelBundle.open(folder))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("model.safetensors: no such file")
                .extracting(e -> ((JobException) e).exitCode())
                .isEqualTo(ExitCode.MISSING_INPUT);
    }

    @Test
    void readsShardsThroughTheirIndex() throws IOException {
        shard("one.safetensors", "two.safetensors");
        try (ModelBundle bundle = ModelBundle.open(folder)) {
            assertThat(bundle.tensors()).hasSize(11);
            assertThat(bundle.files())
                    .extracting(FileDigest::name)
                    .containsExactly(
                            "config.json", "model.safetensors.index.json", "one.safetensors", "two.safetensors");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "../two.safetensors,is not the name of a safetensors file",
        "/dev/zero,is not the name of a safetensors file",
        "..,is not the name of a safetensors file",
        "three.safetensors,three.safetensors: no such file",
        "one.safetensors,is not in one.safetensors"
    })
    void refusesIndexesThatLeadAstray(String second, String reason) throws IOException {
        shard("one.safetensors", second);
        assertThatThrownBy(() -> ModelBundle.open(folder))
                .isInstanceOf(JobException.class)
                .hasMessageContaining(reason);
    }

    /** Splits the model in two, and names the second half {@code second} in the index. */
    private void shard(String first, String second) throws IOException {
        Files.delete(folder.resolve("model.safetensors"));
        List<NamedTensor> tensors = tensors();
        SafetensorsWriter.write(folder.resolve("one.safetensors"), Map.of(), tensors.subList(0, 5));
        SafetensorsWriter.write(folder.resolve("two.safetensors"), Map.of(), tensors.subList(5, tensors.size()));
        List<String> entries = new ArrayList<>();
        for (int i = 0; i < tensors.size(); i++) {
            entries.add("\"" + tensors.get(i).name() + "\": \"" + (i < 5 ? first : second) + "\"");
        }
        write("model.safetensors.index.json", "{\"weight_map\": {" + String.join(", ", entries) + "}}");
    }

    private void config(String more) throws IOException {
        write("config.json", CONFIG.formatted(more));
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }

    static List<NamedTensor> tensors() {
        String block = "model.layers.0.";
        return new ArrayList<>(List.of(
                zeros("model.norm.weight", 8),
                zeros("model.embed_tokens.weight", 5, 8),
                zeros(block + "input_layernorm.weight", 8),
                zeros(block + "post_attention_layernorm.weight", 8),
                zeros(block + "self_attn.q_proj.weight", 8, 8),
                zeros(block + "self_attn.k_proj.weight", 4, 8),
                zeros(block + "self_attn.v_proj.weight", 4, 8),
                zeros(block + "self_attn.o_proj.weight", 8, 8),
                zeros(block + "mlp.gate_proj.weight", 12, 8),
                zeros(block + "mlp.up_proj.weight", 12, 8),
                zeros(block + "mlp.down_proj.weight", 8, 12)));
    }

    private static NamedTensor zeros(String name, long... shape) {
        return NamedTensor.f32(
                name, shape, new float[(int) Extent.elementCount(shape).orElseThrow()]);
    }
}
