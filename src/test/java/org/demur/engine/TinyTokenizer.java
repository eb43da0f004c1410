package org.demur.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Tokenizers of a few tokens behind the 256 bytes, which have the ids 3 to 258. */
final class TinyTokenizer {
    static final String FIRST =
            """
            {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": false}""";
    static final String RESPELL = """
            {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}""";
    static final String PREPEND =
            """
            {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"}, %s]}"""
                    .formatted(RESPELL);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, Integer> specials = new HashMap<>();
    private final ObjectNode tree = JSON.createObjectNode();

    private TinyTokenizer(String normalizer, String preTokenizer, ObjectNode model) {
        tree.put("version", "1.0").putNull("truncation").putNull("padding");
        tree.putArray("added_tokens");
        tree.set("normalizer", parsed(normalizer));
        tree.set("pre_tokenizer", parsed(preTokenizer));
        tree.putNull("post_processor").putNull("decoder");
        tree.set("model", model);
    }

    /** Byte pairs: ▁ 259, a 260, b 261, c 262, ▁a 263, ▁b 264, ab 265, two line breaks 266, {@code <b>} 267, Ġ 269. */
    static TinyTokenizer pairs(String normalizer, String preTokenizer) {
        ObjectNode model = (ObjectNode)
                parsed(
                        """
                {"type": "BPE", "dropout": null, "unk_token": "<unk>", "continuing_subword_prefix": null,
                 "end_of_word_suffix": null, "fuse_unk": true, "byte_fallback": true, "ignore_merges": false,
                 "merges": [["▁", "a"], ["▁", "b"], ["a", "b"]]}""");
        ObjectNode vocabulary = model.putObject("vocab");
        for (String token : tokens("▁", "a", "b", "c", "▁a", "▁b", "ab", "\n\n", "<b>", "<|u|>", "\u0120")) {
            vocabulary.put(token, vocabulary.size());
        }
        return new TinyTokenizer(normalizer, preTokenizer, model)
                .added(1, "<s>", true)
                .added(2, "</s>", true)
                .added(266, "\n\n", false)
                .added(267, "<b>", false)
                .added(268, "<|u|>", true);
    }

    /** Unigrams: ▁ 259, a 260, b 261, ab 262, ▁ab 263, ▁a 264, &lt; 265, s 266, &gt; 267, s&gt; 268. */
    static TinyTokenizer unigrams() {
        ObjectNode model =
                (ObjectNode) parsed("""
                {"type": "Unigram", "unk_id": 0, "byte_fallback": true}""");
        ArrayNode vocabulary = model.putArray("vocab");
        double[] scores = {-2, -2.5, -3, -4.5, -7.25, -3.5, -6, -4, -6, -9};
        for (String token : tokens("▁", "a", "b", "ab", "▁ab", "▁a", "<", "s", ">", "s>")) {
            int learnt = vocabulary.size() - 259;
            vocabulary.addArray().add(token).add(learnt < 0 ? 0 : scores[learnt]);
        }
        return new TinyTokenizer(RESPELL, "null", model).added(1, "<s>", true).added(2, "</s>", true);
    }

    TinyTokenizer added(int id, String text, boolean special) {
        ((ArrayNode) tree.path("added_tokens"))
                .addObject()
                .put("id", id)
                .put("content", text)
                .put("single_word", false)
                .put("lstrip", false)
                .put("rstrip", false)
                .put("normalized", false)
                .put("special", special);
        if (special) {
            specials.put(text, id);
        }
        return this;
    }

    /** Lets the token added last swallow the space behind it. */
    TinyTokenizer swallowing() {
        ArrayNode added = (ArrayNode) tree.path("added_tokens");
        ((ObjectNode) added.get(added.size() - 1)).put("rstrip", true);
        return this;
    }

    TinyTokenizer with(String field, String json) {
        tree.set(field, parsed(json));
        return this;
    }

    HfTokenizer open() {
        try {
            return HfTokenizer.of(tree.toString(), specials);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String[] tokens(String... learnt) {
        String[] tokens = new String[259 + learnt.length];
        tokens[0] = "<unk>";
        tokens[1] = "<s>";
        tokens[2] = "</s>";
        for (int value = 0; value < 256; value++) {
            tokens[3 + value] = String.format(Locale.ROOT, "<0x%02X>", value);
        }
        System.arraycopy(learnt, 0, tokens, 259, learnt.length);
        return tokens;
    }

    private static JsonNode parsed(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
