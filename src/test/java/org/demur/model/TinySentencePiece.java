package org.demur.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Small SentencePiece vocabularies in GGUF files: a few special tokens, 256 bytes, and what a test adds. */
final class TinySentencePiece {
    private final List<String> tokens = new ArrayList<>();
    private final List<Integer> types = new ArrayList<>();
    private final List<Double> scores = new ArrayList<>();
    private final TinyGguf file = new TinyGguf();

    private TinySentencePiece(String architecture) {
        file.text("general.architecture", architecture).text("tokenizer.ggml.model", "llama");
    }

    /** Begins with {@code <unk>}, {@code <s>}, {@code </s>}, {@code <|user|>} and the bytes, ids 4 to 259. */
    static TinySentencePiece of(String architecture) {
        TinySentencePiece tiny = new TinySentencePiece(architecture)
                .token("<unk>", TokenType.UNKNOWN, 0)
                .token("<s>", TokenType.CONTROL, 0)
                .token("</s>", TokenType.CONTROL, 0)
                .token("<|user|>", TokenType.CONTROL, 0);
        for (int value = 0; value < 256; value++) {
            tiny.token(String.format(Locale.ROOT, "<0x%02X>", value), TokenType.BYTE, 0);
        }
        return tiny;
    }

    TinySentencePiece token(String text, TokenType type, double score) {
        tokens.add(text);
        types.add(type.ordinal());
        scores.add(score);
        return this;
    }

    /** Tokens of one kind with scores that fall by one from {@code score} on. */
    TinySentencePiece tokens(TokenType type, double score, String... texts) {
        for (int i = 0; i < texts.length; i++) {
            token(texts[i], type, score - i);
        }
        return this;
    }

    TinySentencePiece flag(String key, boolean value) {
        file.flag("tokenizer.ggml." + key, value ? 1 : 0);
        return this;
    }

    TinySentencePiece merges(String... merges) {
        file.texts("tokenizer.ggml.merges", Arrays.asList(merges));
        return this;
    }

    TinyGguf file() {
        return file.texts("tokenizer.ggml.tokens", tokens)
                .wholes(
                        "tokenizer.ggml.token_type",
                        types.stream().mapToInt(Integer::intValue).toArray())
                .reals(
                        "tokenizer.ggml.scores",
                        scores.stream().mapToDouble(Double::doubleValue).toArray());
    }
}
