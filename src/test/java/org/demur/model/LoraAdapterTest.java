package org.demur.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.demur.JobException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Adapters of a GGUF model of 2 blocks, width 8, 2 heads of 4, 1 key head; its weights count up from 0. */
class LoraAdapterTest {
    private static final String CONFIG =
            """
            {"peft_type": "LORA", "task_type": "CAUSAL_LM", "r": 2, "lora_alpha": 8, "bias": "none",
             "target_modules": ["q_proj", "down_proj"], "inference_mode": true, "lora_dropout": 0.1,
             "init_lora_weights": true, "modules_to_save": null, "rank_pattern": {}, "use_dora": false %s}""";
    private static final String QUERIES = "base_model.model.model.layers.1.self_attn.q_proj";

    @TempDir
    private Path folder;

    private Path model;
    private Path adapter;

    @BeforeEach
    void writeModelAndAdapter() throws IOException {
        model = TinyGguf.llama().withTokenizer().write(folder.resolve("tiny.gguf"));
        adapter = Files.createDirectory(folder.resolve("adapter"));
        config("");
        tensors(factors(QUERIES, 2, 8, 8));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
            ``                                                   | 4
            , "use_rslora": true                                 | 5.656854249492381
            , "alpha_pattern": {"q_proj": 3}                     | 1.5
            , "alpha_pattern": {"layers.1.self_attn.q_proj": 5, "q_proj": 3} | 2.5
            , "alpha_pattern": {"proj": 3}                       | 4
            """)
    void addsTheScaledProductInTheOrderOfTheRole(String more, double scale) throws IOException {
        config(more);
        TensorId id = TensorId.of(TensorRole.QUERY, 1);
        float[] before = read(List.of(), id);
        float[] after = read(List.of(adapter), id);
        for (int row = 0; row < 8; row++) {
            for (int column = 0; column < 8; column++) {
                double product = 0;
                for (int k = 0; k < 2; k++) {
                    product += value(row * 2 + k) * value(k * 8 + column);
                }
                assertThat(after[row * 8 + column])
                        .isCloseTo((float) (before[row * 8 + column] + scale * product), within(1e-5f));
            }
        }
        assertThat(read(List.of(adapter), TensorId.of(TensorRole.QUERY, 0)))
                .isEqualTo(read(List.of(), TensorId.of(TensorRole.QUERY, 0)));
    }

    @Test
    void readsTheSameRowsInAnySlice() {
        TensorId id = TensorId.of(TensorRole.QUERY, 1);
        float[] whole = read(List.of(adapter), id);
        try (ModelBundle bundle = ModelBundle.open(model, List.of(adapter))) {
            FloatBuffer rows = FloatBuffer.allocate(3 + 24);
            bundle.readRows(id, 3, 3, rows.position(3));
            assertThat(rows.remaining()).isZero();
            for (int i = 0; i < 24; i++) {
                assertThat(rows.get(3 + i)).isEqualTo(whole[24 + i]);
            }
        }
    }

    @Test
    void addsUpSeveralAdaptersAndIsAnotherModel() {
        TensorId id = TensorId.of(TensorRole.QUERY, 1);
        float[] none = read(List.of(), id);
        float[] once = read(List.of(adapter), id);
        float[] twice = read(List.of(adapter, adapter), id);
        for (int i = 0; i < none.length; i++) {
            assertThat(twice[i] - none[i]).isCloseTo(2 * (once[i] - none[i]), within(1e-4f));
        }
        try (ModelBundle base = ModelBundle.open(model);
                ModelBundle unchanged = ModelBundle.open(model, List.of());
                ModelBundle adapted = ModelBundle.open(model, List.of(adapter))) {
            assertThat(unchanged.digest()).isEqualTo(base.digest());
            assertThat(adapted.digest()).isNotEqualTo(base.digest());
            assertThat(adapted.files())
                    .extracting(FileDigest::name)
                    .containsExactly("tiny.gguf", "adapter_config.json", "adapter_model.safetensors");
        }
    }

    @Test
    void readsRanksOfTheirOwn() throws IOException {
        config(", \"rank_pattern\": {\"model.layers.1.mlp.down_proj\": 1}");
        List<NamedTensor> both = new ArrayList<>(factors(QUERIES, 2, 8, 8));
        both.addAll(factors("base_model.model.model.layers.1.mlp.down_proj", 1, 8, 12));
        tensors(both);
        TensorId id = TensorId.of(TensorRole.DOWN, 1);
        float expected = read(List.of(), id)[13] + 8 * value(1) * value(1);
        assertThat(read(List.of(adapter), id)[13]).isCloseTo(expected, within(1e-5f));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
            , "use_dora": true                        | key use_dora is true, which is not implemented
            , "bias": "all"                           | key bias is all
            , "modules_to_save": ["lm_head"]          | key modules_to_save is set
            , "fan_in_fan_out": true                  | key fan_in_fan_out is true
            , "layer_replication": [[0, 1]]           | key layer_replication is set
            , "peft_type": "LOHA"                     | key peft_type is LOHA
            , "init_lora_weights": "pissa"            | key init_lora_weights is pissa
            , "rank_pattern": {".*q_proj": 3}         | rank_pattern has the pattern .*q_proj
            , "target_parameters": ["x"]              | key target_parameters is set
            , "unheard_of": 1                         | key unheard_of is 1
            , "r": 3                                  | should have the shape [3, 8]
            , "target_modules": ["k_proj"]            | which target_modules leaves out
            """)
    void refusesMoreThanLora(String more, String reason) throws IOException {
        config(more);
        assertThatThrownBy(() -> ModelBundle.open(model, List.of(adapter)))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("adapter")
                .hasMessageContaining(reason);
    }

    @ParameterizedTest
    @CsvSource({
        "base_model.model.model.layers.2.self_attn.q_proj.lora_A.weight,has no part in the model",
        "base_model.model.model.layers.1.self_attn.q_proj.lora_magnitude_vector,belongs to DoRA",
        "base_model.model.model.embed_tokens.lora_embedding_A,adapts the embedding",
        "base_model.model.lm_head.lora_A.weight,has no part in the model"
    })
    void refusesTensorsWithoutAPlace(String name, String reason) {
        List<NamedTensor> more = new ArrayList<>(factors(QUERIES, 2, 8, 8));
        more.add(NamedTensor.f32(name, new long[] {2, 8}, new float[16]));
        tensors(more);
        assertThatThrownBy(() -> ModelBundle.open(model, List.of(adapter)))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("adapter_model.safetensors")
                .hasMessageContaining(reason);
    }

    @Test
    void refusesHalvesAndPickles() throws IOException {
        tensors(factors(QUERIES, 2, 8, 8).subList(0, 1));
        assertThatThrownBy(() -> ModelBundle.open(model, List.of(adapter)))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("lora_B.weight is missing");
        Files.delete(adapter.resolve("adapter_model.safetensors"));
        Files.writeString(adapter.resolve("adapter_model.bin"), "never read");
        assertThatThrownBy(() -> ModelBundle.open(model, List.of(adapter)))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("adapter_model.bin: is pickled");
    }

    private float[] read(List<Path> adapters, TensorId id) {
        try (ModelBundle bundle = ModelBundle.open(model, adapters)) {
            FloatBuffer floats = FloatBuffer.allocate((int) bundle.tensor(id).elementCount());
            bundle.readFloats(id, floats);
            return floats.array();
        }
    }

    /** Sets keys again where {@code more} has them: the last of two would be refused as a duplicate. */
    private void config(String more) throws IOException {
        var mapper = StrictJson.mapper();
        var tree = (ObjectNode) mapper.readTree(CONFIG.formatted(""));
        if (!more.isEmpty()) {
            tree.setAll((ObjectNode) mapper.readTree("{" + more.substring(1) + "}"));
        }
        Files.writeString(adapter.resolve("adapter_config.json"), tree.toString());
    }

    private void tensors(List<NamedTensor> tensors) {
        SafetensorsWriter.write(adapter.resolve("adapter_model.safetensors"), Map.of(), tensors);
    }

    private static List<NamedTensor> factors(String module, int rank, int rows, int columns) {
        return List.of(
                NamedTensor.f32(module + ".lora_A.weight", new long[] {rank, columns}, values(rank * columns)),
                NamedTensor.f32(module + ".lora_B.weight", new long[] {rows, rank}, values(rows * rank)));
    }

    private static float[] values(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = value(i);
        }
        return values;
    }

    private static float value(int i) {
        return (float) Math.sin(i + 1);
    }
}
