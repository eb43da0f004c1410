package org.demur.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.demur.JobException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Families in GGUF files as llama.cpp's converter writes them: width 16, 2 heads, MLP 24, 5 tokens. */
class GgufFamiliesTest {
    private static final RopeSpec USUAL = new RopeSpec(10_000, new RopeSpec.None());

    @TempDir
    private Path folder;

    @Test
    void takesPhi3ApartAndReadsItsLongRope() throws IOException {
        TinyGguf file = phi3().real("phi3.rope.scaling.attn_factor", 1.25f)
                .ramp("rope_factors_short.weight", 3)
                .ramp("rope_factors_long.weight", 3);
        assertThatThrownBy(() -> open(file)).hasMessageContaining("rope frequency is Infinity");
        TinyGguf sound = phi3().real("phi3.rope.scaling.attn_factor", 1.25f)
                .tensor("rope_factors_short.weight", 0, floats(1, 1, 2), 3)
                .tensor("rope_factors_long.weight", 0, floats(1, 2, 4), 3);
        try (ModelBundle bundle = open(sound)) {
            RopeSpec rope = new RopeSpec(
                    10_000, new RopeSpec.LongRope(List.of(1.0, 1.0, 2.0), List.of(1.0, 2.0, 4.0), 8, 1.25));
            assertThat(bundle.config().layers()).containsOnly(LayerAttention.sliding(4, rope));
            assertThat(bundle.config().attention().rotaryDims()).isEqualTo(6);
            assertThat(first(bundle, TensorRole.QUERY)).isZero();
            assertThat(first(bundle, TensorRole.KEY)).isEqualTo(16 * 16);
            assertThat(first(bundle, TensorRole.VALUE)).isEqualTo(24 * 16);
            assertThat(first(bundle, TensorRole.GATE)).isZero();
            assertThat(first(bundle, TensorRole.UP)).isEqualTo(24 * 16);
        }
    }

    @Test
    void adaptsEachPartOfAFusedMatrix() throws IOException {
        Path adapter = Files.createDirectory(folder.resolve("adapter"));
        Files.writeString(
                adapter.resolve("adapter_config.json"),
                "{\"peft_type\": \"LORA\", \"r\": 1, \"lora_alpha\": 2, \"target_modules\": [\"qkv_proj\"]}");
        String module = "base_model.model.model.layers.0.self_attn.qkv_proj";
        float[] ones = new float[16];
        Arrays.fill(ones, 1);
        float[] rows = new float[32];
        for (int row = 0; row < rows.length; row++) {
            rows[row] = row;
        }
        SafetensorsWriter.write(
                adapter.resolve("adapter_model.safetensors"),
                Map.of(),
                List.of(
                        NamedTensor.f32(module + ".lora_A.weight", new long[] {1, 16}, ones),
                        NamedTensor.f32(module + ".lora_B.weight", new long[] {32, 1}, rows)));
        Path model = phi3().write(folder.resolve("tiny.gguf"));
        try (ModelBundle bundle = ModelBundle.open(model, List.of(adapter))) {
            assertThat(first(bundle, TensorRole.QUERY)).isZero();
            assertThat(first(bundle, TensorRole.KEY)).isEqualTo(16 * 16 + 2 * 16);
            assertThat(first(bundle, TensorRole.VALUE)).isEqualTo(24 * 16 + 2 * 24);
            assertThat(first(bundle, TensorRole.UP)).isEqualTo(24 * 16);
        }
    }

    @Test
    void readsPhi3WithoutWindow() throws IOException {
        try (ModelBundle bundle = open(phi3With(0))) {
            assertThat(bundle.config().layers()).containsOnly(LayerAttention.full(USUAL));
        }
    }

    @Test
    void readsGptNeoX() throws IOException {
        TinyGguf file = sized("gptneox", 1)
                .real("gptneox.attention.layer_norm_epsilon", 1e-5f)
                .whole("gptneox.rope.dimension_count", 2)
                .flag("gptneox.use_parallel_residual", 0)
                .ramp("output.weight", 5, 16)
                .ramp("output_norm.bias", 16);
        for (Object[] tensor :
                new Object[][] {{"attn_qkv", 48, 16}, {"attn_output", 16, 16}, {"ffn_up", 24, 16}, {"ffn_down", 16, 24}
                }) {
            file.ramp("blk.0." + tensor[0] + ".weight", (int) tensor[1], (int) tensor[2]);
            file.ramp("blk.0." + tensor[0] + ".bias", (int) tensor[1]);
        }
        for (String norm : List.of("attn_norm", "ffn_norm")) {
            file.ramp("blk.0." + norm + ".weight", 16).ramp("blk.0." + norm + ".bias", 16);
        }
        try (ModelBundle bundle = open(file)) {
            assertThat(bundle.config().layout()).isEqualTo(BlockLayout.SEQUENTIAL);
            assertThat(bundle.config().attention())
                    .isEqualTo(
                            new AttentionSpec(2, 2, 8, 2, 1 / Math.sqrt(8), OptionalDouble.empty(), true, true, false));
            // The converter has put the parts of heads back together.
            assertThat(first(bundle, TensorRole.KEY)).isEqualTo(16 * 16);
            assertThat(first(bundle, TensorRole.VALUE_BIAS)).isEqualTo(32);
        }
    }

    @Test
    void fillsInWhatGemma2FilesLeaveOut() throws IOException {
        try (ModelBundle bundle = open(gemma("gemma2", 2))) {
            assertThat(bundle.config().layers())
                    .containsExactly(LayerAttention.sliding(4096, USUAL), LayerAttention.full(USUAL));
            assertThat(bundle.config().attention().softcap()).hasValue(50);
            assertThat(bundle.config().logitSoftcap()).hasValue(30);
            assertThat(bundle.config().attention().scale()).isEqualTo(0.5);
            assertThat(bundle.config().embeddingScale()).isEqualTo(4);
        }
        try (ModelBundle bundle = open(gemma("gemma2", 46))) {
            assertThat(bundle.config().attention().scale()).isEqualTo(1 / Math.sqrt(8));
        }
    }

    @Test
    void fillsInWhatGemma3FilesLeaveOut() throws IOException {
        TinyGguf file = gemma("gemma3", 62)
                .whole("gemma3.attention.sliding_window", 4)
                .text("gemma3.rope.scaling.type", "linear")
                .real("gemma3.rope.scaling.factor", 8);
        try (ModelBundle bundle = open(file)) {
            LayerAttention full = LayerAttention.full(new RopeSpec(1_000_000, new RopeSpec.Linear(8)));
            LayerAttention sliding = LayerAttention.sliding(4, USUAL);
            for (int layer = 0; layer < 62; layer++) {
                assertThat(bundle.config().layers().get(layer)).isEqualTo(layer % 6 == 5 ? full : sliding);
            }
            assertThat(bundle.config().attention().scale()).isEqualTo(1 / Math.sqrt(8));
            assertThat(bundle.config().attention().softcap()).isEmpty();
        }
        TinyGguf stated = gemma("gemma3", 2)
                .whole("gemma3.attention.sliding_window", 4)
                .whole("gemma3.attention.sliding_window_pattern", 2)
                .real("gemma3.rope.freq_base", 500)
                .real("gemma3.rope.freq_base_swa", 100);
        try (ModelBundle bundle = open(stated)) {
            assertThat(bundle.config().layers())
                    .containsExactly(
                            LayerAttention.sliding(4, new RopeSpec(100, new RopeSpec.None())),
                            LayerAttention.full(new RopeSpec(500, new RopeSpec.None())));
            assertThat(bundle.config().attention().scale()).isEqualTo(0.5);
        }
    }

    @Test
    void keepsTheRowsOfQwenAndReadsItsBiasesAndNorms() throws IOException {
        TinyGguf second = llamaLike("qwen2", 1, 8);
        for (String part : List.of("q", "k", "v")) {
            second.ramp("blk.0.attn_" + part + ".bias", part.equals("q") ? 16 : 8);
        }
        try (ModelBundle bundle = open(second)) {
            FloatBuffer bias = FloatBuffer.allocate(8);
            bundle.readFloats(TensorId.of(TensorRole.KEY_BIAS, 0), bias);
            assertThat(bias.array()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
            assertThat(bundle.config().attention().outputBias()).isFalse();
        }
        TinyGguf third = llamaLike("qwen3", 1, 4)
                .whole("qwen3.attention.key_length", 4)
                .ramp("blk.0.attn_q_norm.weight", 4)
                .ramp("blk.0.attn_k_norm.weight", 4);
        try (ModelBundle bundle = open(third)) {
            assertThat(bundle.config().attention().queryKeyNorm()).isTrue();
            assertThat(bundle.config().attention().qkvBias()).isFalse();
        }
    }

    static Stream<Arguments> unreadable() {
        return Stream.of(
                Arguments.of(llamaLike("qwen2", 1, 8), "tensor blk.0.attn_q.bias is missing"),
                Arguments.of(
                        llamaLike("qwen2", 1, 8).whole("qwen2.attention.sliding_window", 4),
                        "key qwen2.attention.sliding_window is not implemented"),
                Arguments.of(
                        llamaLike("qwen3", 1, 8).real("qwen3.rope.scaling.yarn_beta_fast", 32),
                        "key qwen3.rope.scaling.yarn_beta_fast is not implemented"),
                Arguments.of(gemma("gemma3", 1), "key gemma3.attention.sliding_window is missing"),
                Arguments.of(gemma("gemma2", 1).real("gemma2.final_logit_softcapping", 0), "softcap of logits is 0.0"),
                Arguments.of(
                        phi3().real("phi3.rope.scaling.attn_factor", 2),
                        "key phi3.rope.scaling.attn_factor without rope_factors_short.weight"),
                Arguments.of(phi3().ramp("rope_factors_short.weight", 3), "rope_factors_long.weight is missing"),
                Arguments.of(
                        llamaLike("llama", 1, 8).whole("llama.expert_used_count", 2), "key llama.expert_used_count"));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("unreadable")
    void refusesByName(TinyGguf file, String reason) {
        assertThatThrownBy(() -> open(file))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("tiny.gguf")
                .hasMessageContaining(reason);
    }

    private static TinyGguf phi3() {
        return phi3With(4);
    }

    private static TinyGguf phi3With(int window) {
        return norms(sized("phi3", 1), "attn_norm", "ffn_norm")
                .real("phi3.attention.layer_norm_rms_epsilon", 1e-5f)
                .whole("phi3.attention.head_count_kv", 1)
                .whole("phi3.attention.sliding_window", window)
                .whole("phi3.rope.dimension_count", 6)
                .whole("phi3.rope.scaling.original_context_length", 8)
                .ramp("output.weight", 5, 16)
                .ramp("blk.0.attn_qkv.weight", 32, 16)
                .ramp("blk.0.attn_output.weight", 16, 16)
                .ramp("blk.0.ffn_up.weight", 48, 16)
                .ramp("blk.0.ffn_down.weight", 16, 24);
    }

    /** Heads of 4, half as wide as the stream divided by their number. */
    private static TinyGguf gemma(String name, int layers) {
        TinyGguf file = llamaLike(name, layers, 4).whole(name + ".attention.key_length", 4);
        for (int layer = 0; layer < layers; layer++) {
            String block = "blk." + layer + ".";
            file.ramp(block + "post_attention_norm.weight", 16).ramp(block + "post_ffw_norm.weight", 16);
            if (name.equals("gemma3")) {
                file.ramp(block + "attn_q_norm.weight", 4).ramp(block + "attn_k_norm.weight", 4);
            }
        }
        return file;
    }

    private static TinyGguf llamaLike(String name, int layers, int headDim) {
        TinyGguf file = sized(name, layers)
                .real(name + ".attention.layer_norm_rms_epsilon", 1e-5f)
                .whole(name + ".attention.head_count_kv", 1);
        for (int layer = 0; layer < layers; layer++) {
            String block = "blk." + layer + ".";
            file.ramp(block + "attn_norm.weight", 16).ramp(block + "ffn_norm.weight", 16);
            file.ramp(block + "attn_q.weight", 2 * headDim, 16).ramp(block + "attn_k.weight", headDim, 16);
            file.ramp(block + "attn_v.weight", headDim, 16).ramp(block + "attn_output.weight", 16, 2 * headDim);
            file.ramp(block + "ffn_gate.weight", 24, 16).ramp(block + "ffn_up.weight", 24, 16);
            file.ramp(block + "ffn_down.weight", 16, 24);
        }
        return file;
    }

    private static TinyGguf sized(String name, int layers) {
        return new TinyGguf()
                .text("general.architecture", name)
                .whole(name + ".block_count", layers)
                .whole(name + ".context_length", 32)
                .whole(name + ".embedding_length", 16)
                .whole(name + ".feed_forward_length", 24)
                .whole(name + ".attention.head_count", 2)
                .ramp("token_embd.weight", 5, 16)
                .ramp("output_norm.weight", 16);
    }

    private static TinyGguf norms(TinyGguf file, String... names) {
        for (String name : names) {
            file.ramp("blk.0." + name + ".weight", 16);
        }
        return file;
    }

    private static byte[] floats(float... values) {
        TinyGguf.Bytes bytes = new TinyGguf.Bytes();
        for (float value : values) {
            bytes.int32(Float.floatToRawIntBits(value));
        }
        return bytes.toByteArray();
    }

    private static float first(ModelBundle bundle, TensorRole role) {
        TensorId id = TensorId.of(role, 0);
        FloatBuffer row = FloatBuffer.allocate((int) bundle.tensor(id).rowLength());
        bundle.readRows(id, 0, 1, row);
        return row.get(0);
    }

    private ModelBundle open(TinyGguf file) throws IOException {
        return ModelBundle.open(file.write(folder.resolve("tiny.gguf")));
    }
}
