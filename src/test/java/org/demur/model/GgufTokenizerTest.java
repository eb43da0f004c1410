package org.demur.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.demur.JobException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Vocabularies of GGUF files as tokenizers. Expected merges and ids are those of {@code convert_gguf_tokenizer} of the
 * Python library transformers 5.23.0, given the same tokens, kinds and scores, where no comment says otherwise.
 */
class GgufTokenizerTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "llama, 'hello hello', '260 262 268 260 262 268'",
        "llama, 'helloworld  lo', '260 262 268 274 273 118 272 104 269 269 268'",
        "llama, '\nhello', '275 266'",
        "llama, ' \u00e9', '269 199 173'",
        "llama, 'lwell', '269 276 262 272'",
        "phi3, '\nhello', '275 260 262 268'",
        "phi3, ' \u00e9', '269 269 199 173'"
    })
    void mergesBytePairsByScore(String architecture, String text, String ids) throws IOException {
        assertThat(encode(json(hello(architecture)), text)).isEqualTo(ids);
    }

    @Test
    void putsTheHigherScoreAndThenTheLongerLeftPartFirst() throws IOException {
        assertThat(merges(json(hello("llama"))))
                .isEqualTo("[[\"▁\",\"h\"],[\"h\",\"e\"],[\"e\",\"l\"],[\"ll\",\"o\"],[\"l\",\"lo\"],[\"l\",\"l\"],"
                        + "[\"▁h\",\"e\"],[\"▁\",\"he\"],[\"▁he\",\"llo\"],[\"he\",\"llo\"],[\"▁\",\"hello\"],"
                        + "[\"l\",\"o\"],[\"l\",\"w\"]]");
    }

    @ParameterizedTest
    @CsvSource({
        "'a  b', '266 262 267'",
        "'   ab\n\n\n', '263 269 261 260'",
        "'<b>a b', '264 266 265 267'",
        "' \u00e9', '265 199 173'"
    })
    void mergesGemmaInTheOrderOfItsTokens(String text, String ids) throws IOException {
        JsonNode json = json(gemma());
        assertThat(encode(json, text)).isEqualTo(ids);
        assertThat(merges(json))
                .isEqualTo("[[\"\\n\",\"\\n\"],[\"▁\",\"▁\"],[\"▁▁\",\"▁\"],[\"▁\",\"▁▁\"],[\"▁\",\"a\"],"
                        + "[\"a\",\"b\"],[\"▁▁\",\"a\"],[\"▁\",\"▁a\"]]");
    }

    @Test
    void leavesOutTheSpaceInFrontWhereTheFileSaysSo() throws IOException {
        // llama.cpp heeds add_space_prefix; the transformers library does not.
        assertThat(encode(json(hello("llama").flag("add_space_prefix", false)), "hello"))
                .isEqualTo("266");
        assertThat(encode(json(gemma().flag("add_space_prefix", true)), "b")).isEqualTo("265 267");
    }

    @Test
    void takesMergesFromTheFileWhereItListsThem() throws IOException {
        JsonNode json = json(hello("llama").merges("l o", "h e"));
        assertThat(merges(json)).isEqualTo("[[\"l\",\"o\"],[\"h\",\"e\"]]");
    }

    @Test
    void neverMergesIntoAControlToken() throws IOException {
        JsonNode json = json(TinySentencePiece.of("llama").tokens(TokenType.NORMAL, -1, "<s", ">", "<", "s", "s>"));
        // The merges of "<s" and ">" and of "<" and "s>" would make the control token 1.
        assertThat(merges(json)).isEqualTo("[[\"<\",\"s\"],[\"s\",\">\"]]");
        assertThat(json.path("added_tokens").findValuesAsText("content")).containsExactly("<s>", "</s>", "<|user|>");
    }

    @Test
    void readsFractionalScoresAsUnigramProbabilities() throws IOException {
        TinySentencePiece tiny = TinySentencePiece.of("llama")
                .token("▁", TokenType.NORMAL, -2)
                .token("a", TokenType.NORMAL, -2.5)
                .token("b", TokenType.NORMAL, -3)
                .token("ab", TokenType.NORMAL, -5.75)
                .token("▁a", TokenType.NORMAL, -3.5);
        JsonNode json = json(tiny);
        assertThat(json.path("model").path("type").asText()).isEqualTo("Unigram");
        // "▁a" and "b" cost 6.5; "▁" and "ab" 7.75; by merges of the highest score it would be the same but for "ab".
        assertThat(encode(json, "ab ab")).isEqualTo("264 262 264 262");
        assertThat(encode(json, "aab\u00e9")).isEqualTo("264 261 262 199 173");
    }

    @Test
    void letsControlTokensOfPhi3SwallowTheSpaceBehindThem() throws IOException {
        // The publisher's tokenizer.json and llama.cpp do so; the reader of GGUF files in transformers does not.
        assertThat(stripped(json(hello("phi3")))).containsExactly("</s>", "<|user|>");
        assertThat(stripped(json(hello("llama")))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tekken", "gpt-4o", "dbrx", "phi-2"})
    void knowsTheNamesOfWaysToCutText(String pre) throws IOException {
        JsonNode json = json(letters(pre));
        assertThat(json.path("normalizer").isNull()).isTrue();
        assertThat(json.path("model").path("ignore_merges").asBoolean()).isEqualTo(pre.equals("tekken"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"qwen2", "olmo"})
    void composesCharactersWhereThePublisherDoes(String pre) throws IOException {
        assertThat(json(letters(pre)).path("normalizer").path("type").asText()).isEqualTo("NFC");
    }

    /** Words by the tokenizers library and the expression that transformers has under the name; SmolLM and GPT-2 by name. */
    @ParameterizedTest
    @CsvSource({
        "tekken, 'don''tStop12 /a\n', 'don|''t|Stop|1|2| /|a|\n'",
        "gpt-4o, 'don''tStop1234 /a\n', 'don''t|Stop|123|4| /|a|\n'",
        "dbrx, 'don''tStop1234 a!\n', 'don|''t|Stop|123|4| a|!\n'",
        "qwen2, 'don''tStop12  a', 'don|''t|Stop|1|2| | a'",
        "smollm, '\n\n12  3', '\n\n|1|2|  |3'",
        "gpt-2, '\n\n12  3', '\n|\n|12| | 3'",
        "olmo, '\n\n12  3', '\n|\n|12| | 3'"
    })
    void cutsTextAsItsNameSays(String pre, String text, String words) throws IOException {
        assertThat(words(json(letters(pre)), text)).isEqualTo(words);
    }

    static Stream<Arguments> unreadable() {
        return Stream.of(
                Arguments.of(letters("chatglm-bpe"), "tokenizer.ggml.pre chatglm-bpe"),
                Arguments.of(new TinyGguf().text("tokenizer.ggml.model", "bert"), "tokenizer.ggml.model bert"),
                Arguments.of(new TinyGguf().text("tokenizer.ggml.model", "llama"), "scores is missing"),
                Arguments.of(hello("llama").token("h", TokenType.NORMAL, 0).file(), "tokens repeats token 277"),
                Arguments.of(
                        hello("llama").token("x", TokenType.NORMAL, Double.NaN).file(),
                        "scores is not finite at token 277"),
                Arguments.of(
                        hello("llama")
                                .token("x".repeat(5000), TokenType.NORMAL, 0)
                                .file(),
                        "token 277 has 5000 characters"),
                Arguments.of(
                        new TinyGguf()
                                .texts("tokenizer.ggml.tokens", List.of("a"))
                                .wholes("tokenizer.ggml.token_type", 9),
                        "token_type of token 0 is 9"),
                Arguments.of(
                        hello("llama").flag("remove_extra_whitespaces", true).file(),
                        "remove_extra_whitespaces is true"));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("unreadable")
    void refusesWhatItCannotExpress(TinyGguf file, String reason) {
        assertThatThrownBy(() -> json(file))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("tiny.gguf")
                .hasMessageContaining(reason);
    }

    @Test
    void addsBosToSentencePieceUnlessTheFileSaysOtherwise() throws IOException {
        assertThat(special(hello("llama")).addBos()).isTrue();
        assertThat(special(hello("llama").flag("add_bos_token", false)).addBos())
                .isFalse();
    }

    private static TinySentencePiece hello(String architecture) {
        TinySentencePiece tiny = TinySentencePiece.of(architecture)
                .tokens(TokenType.NORMAL, -1, "▁h", "he", "el", "ll")
                .tokens(TokenType.NORMAL, -4, "llo")
                .tokens(TokenType.NORMAL, -6, "▁he", "hello")
                .token("▁hello", TokenType.NORMAL, -7)
                .token("lo", TokenType.NORMAL, -9)
                .tokens(TokenType.NORMAL, -20, "▁", "h", "e", "l", "o", "w");
        return tiny.token("\n", TokenType.USER_DEFINED, -26).token("lw", TokenType.NORMAL, -27);
    }

    /** Gemma's scores tell nothing about its merges, and its runs of spaces are stored as spaces. */
    private static TinySentencePiece gemma() {
        return TinySentencePiece.of("gemma3")
                .tokens(TokenType.USER_DEFINED, -1000, "\n", "\n\n", "  ", "   ", "<b>")
                .token("▁", TokenType.NORMAL, -5)
                .token("a", TokenType.NORMAL, -4)
                .token("b", TokenType.NORMAL, -3)
                .token("▁a", TokenType.NORMAL, -2)
                .token("ab", TokenType.NORMAL, -1)
                .token("▁▁a", TokenType.NORMAL, 0);
    }

    /** A byte-level vocabulary of the printable ASCII characters, space and line break, without merges. */
    private static TinyGguf letters(String pre) {
        List<String> tokens = new ArrayList<>(List.of("\u0120", "\u010A"));
        for (char letter = '!'; letter <= '~'; letter++) {
            tokens.add(String.valueOf(letter));
        }
        return new TinyGguf()
                .text("tokenizer.ggml.model", "gpt2")
                .text("tokenizer.ggml.pre", pre)
                .texts("tokenizer.ggml.tokens", tokens)
                .texts("tokenizer.ggml.merges", List.of());
    }

    private JsonNode json(TinySentencePiece tiny) throws IOException {
        return json(tiny.file());
    }

    private JsonNode json(TinyGguf file) throws IOException {
        try (GgufFile opened = GgufFile.open(file.write(folder.resolve("tiny.gguf")))) {
            return new ObjectMapper().readTree(new GgufTokenizer(opened.metadata()).json());
        }
    }

    private SpecialTokens special(TinySentencePiece tiny) throws IOException {
        try (GgufFile opened = GgufFile.open(tiny.file().write(folder.resolve("tiny.gguf")))) {
            return new GgufTokenizer(opened.metadata()).special();
        }
    }

    private static String merges(JsonNode json) {
        return json.path("model").path("merges").toString();
    }

    private static List<String> stripped(JsonNode json) {
        return Stream.iterate(0, i -> i < json.path("added_tokens").size(), i -> i + 1)
                .map(json.path("added_tokens")::get)
                .filter(token -> token.path("rstrip").asBoolean())
                .map(token -> token.path("content").asText())
                .toList();
    }

    private static String encode(JsonNode json, String text) throws IOException {
        try (HuggingFaceTokenizer tokenizer = open(json)) {
            StringBuilder ids = new StringBuilder();
            for (long id : tokenizer.encode(text, false, false).getIds()) {
                ids.append(ids.isEmpty() ? "" : " ").append(id);
            }
            return ids.toString();
        }
    }

    /** What no merge may cross, divided by bars. */
    private static String words(JsonNode json, String text) throws IOException {
        try (HuggingFaceTokenizer tokenizer = open(json)) {
            Encoding encoding = tokenizer.encode(text, false, false);
            StringBuilder words = new StringBuilder();
            for (int i = 0; i < encoding.getIds().length; i++) {
                boolean begins = i > 0 && encoding.getWordIds()[i] != encoding.getWordIds()[i - 1];
                CharSpan span = encoding.getCharTokenSpans()[i];
                words.append(begins ? "|" : "").append(text, span.getStart(), span.getEnd());
            }
            return words.toString();
        }
    }

    private static HuggingFaceTokenizer open(JsonNode json) throws IOException {
        return HuggingFaceTokenizer.newInstance(
                new ByteArrayInputStream(json.toString().getBytes(StandardCharsets.UTF_8)),
                Map.of("addSpecialTokens", "false"));
    }
}
