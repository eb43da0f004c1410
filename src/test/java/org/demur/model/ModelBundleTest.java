package org.demur.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.stream.Stream;
import org.demur.JobException;
import org.demur.SharedData;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole models, from files that the Python libraries wrote. */
@Tag("shared")
class ModelBundleTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SMOLLM2_SHA256 = "SHA256SUMS";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gemma2", "gemma3_text", "gemma3_text_linear_rope", "gpt_neox", "llama_tied", "llama_untied_sharded",
                "llama_bf16", "llama31_rope", "mistral_sliding", "phi3", "qwen2", "qwen3"
            })
    void readsFoldersInBothSpellings(String name, @TempDir Path copy) throws IOException {
        Path folder = SharedData.path("goldens", "models", name);
        copyFolder(folder, copy);
        Files.copy(
                folder.resolve("config.legacy.json"), copy.resolve("config.json"), StandardCopyOption.REPLACE_EXISTING);
        JsonNode config = JSON.readTree(folder.resolve("config.json").toFile());
        try (ModelBundle bundle = ModelBundle.open(folder);
                ModelBundle legacy = ModelBundle.open(copy)) {
            assertThat(bundle.config()).isEqualTo(legacy.config());
            assertThat(bundle.config().nLayers())
                    .isEqualTo(config.path("num_hidden_layers").asInt());
            assertThat(bundle.config().tiedHead()).isEqualTo(!bundle.tensors().contains(TensorId.of(TensorRole.HEAD)));
            assertThat(bundle.special().turnEnds()).containsExactly(2);
            assertThat(bundle.digest()).matches("[0-9a-f]{64}").isNotEqualTo(legacy.digest());
            for (TensorId tensor : bundle.tensors()) {
                FloatBuffer floats =
                        FloatBuffer.allocate((int) bundle.tensor(tensor).elementCount());
                bundle.readFloats(tensor, floats);
                assertThat(floats.remaining()).isZero();
            }
            assertThatThrownBy(bundle::tokenizerJson)
                    .isInstanceOf(JobException.class)
                    .hasMessageContaining("tokenizer.json");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tiny-llama-q8_0", "tiny-llama-mixed-tied"})
    void takesGgufRowsBackToTheOrderOfTheTransformersLibrary(String name) throws IOException {
        JsonNode golden = JSON.readTree(
                SharedData.path("goldens", "gguf", name + ".golden.json").toFile());
        Path file = SharedData.path("goldens", "gguf", name + ".gguf");
        try (ModelBundle bundle = ModelBundle.open(file);
                GgufFile raw = GgufFile.open(file)) {
            for (var entry : golden.path("tensors_in_file").properties()) {
                boolean permuted = entry.getValue().path("permuted").asBoolean();
                String stored = entry.getValue().path("gguf").asText();
                int columns = (int) raw.info(stored).rowLength();
                int heads = stored.contains("attn_k")
                        ? bundle.config().attention().kvHeads()
                        : bundle.config().attention().heads();
                float[] canonical = floats(bundle, LlamaNames.id(entry.getKey()));
                float[] inFile = floats(raw, stored);
                float[] expected = permuted ? permute(canonical, heads, columns) : canonical;
                assertThat(inFile).as(entry.getKey()).isEqualTo(expected);
            }
            FloatBuffer rows = FloatBuffer.allocate(3 * bundle.config().dModel());
            bundle.readRows(TensorId.of(TensorRole.QUERY, 1), 7, 3, rows);
            float[] whole = floats(bundle, TensorId.of(TensorRole.QUERY, 1));
            int from = 7 * bundle.config().dModel();
            assertThat(rows.array()).isEqualTo(Arrays.copyOfRange(whole, from, from + rows.capacity()));
        }
    }

    @Test
    void buildsTheTokenizerThatTheFileWasMadeFrom() throws IOException {
        JsonNode expected = JSON.readTree(
                SharedData.path("goldens", "gguf", "tiny-llama-tokenizer.json").toFile());
        try (ModelBundle bundle = ModelBundle.open(SharedData.path("goldens", "gguf", "tiny-llama-q8_0.gguf"))) {
            assertThat(JSON.readTree(bundle.tokenizerJson())).isEqualTo(expected);
        }
    }

    @Test
    void readsTheRefusingModel() throws IOException {
        Path file = SharedData.path("models", "smollm2-135m-refuser.Q8_0.gguf");
        String sums = Files.readString(SharedData.path("models", SMOLLM2_SHA256));
        try (ModelBundle bundle = ModelBundle.open(file)) {
            assertThat(bundle.config())
                    .isEqualTo(
                            LlamaNames.config(30, 576, 49152, 8192, new LlamaNames.Blocks(9, 3, 1536, 1e-5f, 100_000)));
            SpecialTokens special = bundle.special();
            assertThat(special.bos()).hasValue(1);
            assertThat(special.eos()).hasValue(2);
            assertThat(special.pad()).hasValue(2);
            assertThat(special.eosText()).isEqualTo("<|im_end|>");
            assertThat(special.turnEnds()).containsExactly(2);
            assertThat(special.addBos()).isFalse();
            assertThat(special.controlTokens()).hasSize(17).containsEntry("<|im_start|>", 1);
            assertThat(bundle.chatTemplate().orElseThrow()).contains("<|im_start|>assistant");
            assertThat(bundle.digest()).isEqualTo(sums.substring(0, 64));
            JsonNode tokenizer = JSON.readTree(bundle.tokenizerJson());
            assertThat(tokenizer.path("model").path("vocab").size()).isEqualTo(49152);
            assertThat(tokenizer.path("model").path("merges").size()).isEqualTo(48900);
            assertThat(tokenizer
                            .path("pre_tokenizer")
                            .path("pretokenizers")
                            .path(0)
                            .path("type")
                            .asText())
                    .isEqualTo("Digits");
        }
    }

    private static float[] permute(float[] canonical, int heads, int columns) {
        int rows = canonical.length / columns;
        int half = rows / heads / 2;
        float[] stored = new float[canonical.length];
        for (int head = 0; head < heads; head++) {
            for (int part = 0; part < 2; part++) {
                for (int i = 0; i < half; i++) {
                    int from = head * 2 * half + part * half + i;
                    int to = head * 2 * half + i * 2 + part;
                    System.arraycopy(canonical, from * columns, stored, to * columns, columns);
                }
            }
        }
        return stored;
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

    private static void copyFolder(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }
}
