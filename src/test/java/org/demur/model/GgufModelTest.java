package org.demur.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.demur.JobException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tiny GGUF models as bundles. */
class GgufModelTest {
    private static final TensorId QUERIES = TensorId.of(TensorRole.QUERY, 1);

    @TempDir
    private Path folder;

    @Test
    void readsTheConfigurationAndTheTensors() throws IOException {
        try (ModelBundle bundle = open(TinyGguf.llama())) {
            assertThat(bundle.name()).isEqualTo("tiny");
            assertThat(bundle.config())
                    .isEqualTo(LlamaNames.config(2, 8, 5, 16, new LlamaNames.Blocks(2, 1, 12, 1e-5f, 10_000)));
            assertThat(bundle.tensors())
                    .hasSize(2 + 2 * 9)
                    .contains(TensorId.of(TensorRole.EMBEDDING), TensorId.of(TensorRole.DOWN, 0))
                    .doesNotContain(TensorId.of(TensorRole.HEAD));
            assertThat(bundle.files()).singleElement().satisfies(file -> assertThat(file.sha256())
                    .isEqualTo(bundle.digest()));
        }
    }

    @Test
    void readsAnUntiedHead() throws IOException {
        try (ModelBundle bundle = open(TinyGguf.llama().ramp("output.weight", 5, 8))) {
            assertThat(bundle.config().tiedHead()).isFalse();
            assertThat(bundle.tensor(TensorId.of(TensorRole.HEAD)).shape()).containsExactly(5, 8);
        }
    }

    @Test
    void undoesTheInterleavingOfRotaryPairs() throws IOException {
        try (ModelBundle bundle = open(TinyGguf.llama())) {
            FloatBuffer all = FloatBuffer.allocate(64);
            bundle.readFloats(QUERIES, all);
            // Two heads of four rows: rows 0, 2 of a head are its first half, rows 1, 3 the second.
            int[] storedRow = {0, 2, 1, 3, 4, 6, 5, 7};
            for (int row = 0; row < 8; row++) {
                assertThat(all.get(row * 8)).isEqualTo(storedRow[row] * 8);
            }
            FloatBuffer some = FloatBuffer.allocate(24);
            bundle.readRows(QUERIES, 1, 3, some);
            assertThat(some.array()).isEqualTo(Arrays.copyOfRange(all.array(), 8, 32));
        }
    }

    @Test
    void undoesTheInterleavingOfBiases() throws IOException {
        TinyGguf file = TinyGguf.llama();
        for (int block = 0; block < 2; block++) {
            String prefix = "blk." + block + ".attn_";
            file.ramp(prefix + "q.bias", 8).ramp(prefix + "k.bias", 4);
            file.ramp(prefix + "v.bias", 4).ramp(prefix + "output.bias", 8);
        }
        try (ModelBundle bundle = open(file)) {
            FloatBuffer bias = FloatBuffer.allocate(8);
            bundle.readFloats(TensorId.of(TensorRole.QUERY_BIAS, 1), bias);
            assertThat(bias.array()).containsExactly(0, 2, 1, 3, 4, 6, 5, 7);
        }
    }

    @Test
    void takesRopeDivisorsFromTheirTensor() throws IOException {
        TinyGguf.Bytes divisors = new TinyGguf.Bytes();
        divisors.int32(Float.floatToRawIntBits(1));
        divisors.int32(Float.floatToRawIntBits(8));
        TinyGguf file = TinyGguf.llama().tensor("rope_freqs.weight", 0, divisors.toByteArray(), 2);
        try (ModelBundle bundle = open(file)) {
            double[] frequencies = bundle.config().layers().get(0).rope().inverseFrequencies(4, 16);
            assertThat(frequencies[0]).isEqualTo(1);
            assertThat(frequencies[1]).isCloseTo(0.01 / 8, within(1e-12));
        }
    }

    @Test
    void takesLinearRopeScaling() throws IOException {
        TinyGguf file =
                TinyGguf.llama().text("llama.rope.scaling.type", "linear").real("llama.rope.scaling.factor", 4);
        try (ModelBundle bundle = open(file)) {
            assertThat(bundle.config().layers().get(1).rope().scaling()).isEqualTo(new RopeSpec.Linear(4));
        }
    }

    @Test
    void buildsTheTokenizer() throws IOException {
        try (ModelBundle bundle = open(TinyGguf.llama().withTokenizer())) {
            JsonNode tokenizer = new ObjectMapper().readTree(bundle.tokenizerJson());
            assertThat(tokenizer.path("added_tokens")).hasSize(2);
            assertThat(tokenizer.path("model").path("vocab").path("ab").asInt()).isEqualTo(4);
            assertThat(tokenizer.path("model").path("merges")).hasToString("[[\"a\",\"b\"]]");
            SpecialTokens special = bundle.special();
            assertThat(special.bosText()).isEqualTo("<s>");
            assertThat(special.turnEnds()).containsExactlyInAnyOrder(0, 1);
            assertThat(special.addBos()).isFalse();
            assertThat(bundle.chatTemplate()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama-bpe", "qwen2", "gpt-2", "default"})
    void knowsTheUsualWaysToCutText(String pre) throws IOException {
        TinyGguf file = TinyGguf.llama()
                .text("tokenizer.ggml.model", "gpt2")
                .text("tokenizer.ggml.pre", pre)
                .texts("tokenizer.ggml.tokens", List.of("a", "b", "ab"))
                .texts("tokenizer.ggml.merges", List.of("a b"));
        try (ModelBundle bundle = open(file)) {
            JsonNode tokenizer = new ObjectMapper().readTree(bundle.tokenizerJson());
            boolean splits = pre.equals("llama-bpe") || pre.equals("qwen2");
            assertThat(tokenizer.path("pre_tokenizer").path("pretokenizers").size())
                    .isEqualTo(splits ? 2 : 0);
            assertThat(tokenizer.path("model").path("ignore_merges").asBoolean())
                    .isEqualTo(pre.equals("llama-bpe"));
            assertThat(bundle.special().addBos()).isEqualTo(pre.equals("llama-bpe"));
        }
    }

    static Stream<Arguments> unreadableTokenizers() {
        return Stream.of(
                Arguments.of(TinyGguf.llama(), "tokenizer.ggml.model none"),
                Arguments.of(TinyGguf.llama().text("tokenizer.ggml.model", "t5"), "tokenizer.ggml.model t5"),
                Arguments.of(
                        TinyGguf.llama().text("tokenizer.ggml.model", "gpt2").text("tokenizer.ggml.pre", "falcon"),
                        "tokenizer.ggml.pre falcon"),
                Arguments.of(
                        TinyGguf.llama()
                                .text("tokenizer.ggml.model", "gpt2")
                                .texts("tokenizer.ggml.tokens", List.of("a", "a"))
                                .texts("tokenizer.ggml.merges", List.of()),
                        "tokens repeats token 1"),
                Arguments.of(
                        TinyGguf.llama()
                                .text("tokenizer.ggml.model", "gpt2")
                                .texts("tokenizer.ggml.tokens", List.of("a", "b"))
                                .texts("tokenizer.ggml.merges", List.of("a b")),
                        "merges joins what is no token"));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("unreadableTokenizers")
    void refusesTokenizersItCannotExpress(TinyGguf file, String reason) throws IOException {
        try (ModelBundle bundle = open(file)) {
            assertThatThrownBy(bundle::tokenizerJson)
                    .isInstanceOf(JobException.class)
                    .hasMessageContaining("tiny.gguf")
                    .hasMessageContaining(reason);
        }
    }

    static Stream<Arguments> unreadableModels() {
        return Stream.of(
                Arguments.of(new TinyGguf().ramp("v", 4), "key general.architecture is missing"),
                Arguments.of(new TinyGguf().text("general.architecture", "bert"), "architecture bert"),
                Arguments.of(new TinyGguf().text("general.architecture", "llama"), "embedding_length is missing"),
                Arguments.of(TinyGguf.llama().whole("split.count", 2), "key split.count is 2"),
                Arguments.of(
                        TinyGguf.llama().texts("tokenizer.ggml.tokens", List.of("a", "b", "c", "d", "e", "f")),
                        "tokens has 6 for an embedding of 5"),
                Arguments.of(TinyGguf.llama().whole("llama.expert_count", 8), "key llama.expert_count"),
                Arguments.of(TinyGguf.llama().real("llama.attention.scale", 2), "key llama.attention.scale"),
                Arguments.of(TinyGguf.llama().text("llama.rope.scaling.type", "yarn"), "rope.scaling.type is yarn"),
                Arguments.of(TinyGguf.llama().whole("llama.attention.key_length", 6), "rope.dimension_count differs"),
                Arguments.of(TinyGguf.llama().whole("llama.vocab_size", 6), "should have the shape [6, 8]"),
                Arguments.of(TinyGguf.llama().ramp("blk.0.attn_q.bias", 8), "blk.1.attn_q.bias is missing"),
                Arguments.of(TinyGguf.llama().ramp("rope_freqs.weight", 3), "is not one number a pair"),
                Arguments.of(TinyGguf.llama().ramp("rope_freqs.weight", 2), "rope frequency is Infinity"),
                Arguments.of(
                        TinyGguf.llama().tensor("output.weight", 24, new byte[40], 5, 8),
                        "output.weight is of type I8"));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("unreadableModels")
    void refusesModelsItWouldComputeWrongly(TinyGguf file, String reason) {
        assertThatThrownBy(() -> open(file))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("tiny.gguf")
                .hasMessageContaining(reason);
    }

    @Test
    void refusesAMissingFile() {
        assertThatThrownBy(() -> ModelBundle.open(folder.resolve("absent.gguf")))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("absent.gguf: no such file");
    }

    @Test
    void survivesEveryFlippedByteOfTheHeader() throws IOException {
        byte[] sound = TinyGguf.llama().withTokenizer().bytes();
        Path path = folder.resolve("fuzzed.gguf");
        int refused = 0;
        for (int at = 0; at < 1200; at += 3) {
            byte[] flipped = sound.clone();
            flipped[at] ^= (byte) 0xFF;
            Files.write(path, flipped);
            try (ModelBundle bundle = ModelBundle.open(path)) {
                bundle.tokenizerJson();
            } catch (JobException e) {
                assertThat(e).hasMessageContaining("fuzzed.gguf");
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(250);
    }

    private ModelBundle open(TinyGguf file) throws IOException {
        return ModelBundle.open(file.write(folder.resolve("tiny.gguf")));
    }
}
