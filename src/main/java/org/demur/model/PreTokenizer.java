package org.demur.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/**
 * How text is cut before byte pairs are merged, by the names {@code tokenizer.ggml.pre} takes.
 *
 * <p>The names are those that llama.cpp's converter writes; the expressions are those of the publishers' tokenizer.json
 * files. {@code default} is what the converter of old wrote for every byte-level tokenizer: it is read as GPT-2's, as
 * the transformers library does. Where that library's own reader of GGUF files leaves a publisher's file (it cuts
 * SmolLM's text without taking digits apart, merges inside Llama 3's whole-word tokens and skips Qwen's composition of
 * characters), the publisher's is followed.
 */
enum PreTokenizer {
    GPT2(List.of("gpt-2", "gpt2", "phi-2", "default")),
    /** GPT-NeoX and its like. */
    NEOX(List.of("olmo")),
    SMOLLM(List.of("smollm")),
    LLAMA3(List.of("llama-bpe", "llama3", "llama-v3")),
    /** Phi-4 as well. */
    DBRX(List.of("dbrx")),
    /** Qwen 2 to 3. */
    QWEN2(List.of("qwen2")),
    /** Mistral Nemo and its like. */
    TEKKEN(List.of("tekken")),
    /** Phi-4-mini as well. */
    GPT4O(List.of("gpt-4o"));

    private static final String CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
    private static final String SPACES = "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    private static final String WORDS =
            CONTRACTIONS + "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}%s| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*" + SPACES;
    private static final String UPPER = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
    private static final String LOWER = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
    private static final String CASED_WORDS = "[^\\r\\n\\p{L}\\p{N}]?" + UPPER + "*" + LOWER + "+%1$s"
            + "|[^\\r\\n\\p{L}\\p{N}]?" + UPPER + "+" + LOWER + "*%1$s"
            + "|\\p{N}%2$s| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*" + SPACES;

    private final List<String> names;

    PreTokenizer(List<String> names) {
        this.names = names;
    }

    static Optional<PreTokenizer> of(String name) {
        return List.of(values()).stream()
                .filter(pre -> pre.names.contains(name))
                .findFirst();
    }

    /** Whether bos goes in front where the file does not say. */
    boolean addsBos() {
        return this == LLAMA3 || this == TEKKEN;
    }

    /** Whether a word that is a token is taken whole. */
    boolean ignoresMerges() {
        return this == LLAMA3 || this == TEKKEN;
    }

    TokenizerSteps steps() {
        return new TokenizerSteps(
                TokenizerSteps.step(this == QWEN2 || this == NEOX ? "{\"type\": \"NFC\"}" : "null"),
                switch (this) {
                    case GPT2, NEOX -> bytes(true);
                    case SMOLLM -> sequence(digits(), bytes(true));
                    case LLAMA3, DBRX -> sequence(split(WORDS.formatted("{1,3}")), bytes(false));
                    case QWEN2 -> sequence(split(WORDS.formatted("")), bytes(false));
                    case TEKKEN -> sequence(split(CASED_WORDS.formatted("", "")), bytes(false));
                    case GPT4O -> sequence(split(CASED_WORDS.formatted(CONTRACTIONS + "?", "{1,3}")), bytes(false));
                },
                TokenizerSteps.step(
                        """
                        {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true}"""));
    }

    private static JsonNode sequence(JsonNode first, JsonNode second) {
        ObjectNode sequence = StrictJson.mapper().createObjectNode().put("type", "Sequence");
        sequence.putArray("pretokenizers").add(first).add(second);
        return sequence;
    }

    private static JsonNode digits() {
        return TokenizerSteps.step("""
                {"type": "Digits", "individual_digits": true}""");
    }

    private static JsonNode bytes(boolean cutsWords) {
        return ((ObjectNode) TokenizerSteps.step(
                        """
                {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true}"""))
                .put("use_regex", cutsWords);
    }

    private static JsonNode split(String expression) {
        ObjectNode split = (ObjectNode) TokenizerSteps.step(
                """
                {"type": "Split", "pattern": {}, "behavior": "Isolated", "invert": false}""");
        ((ObjectNode) split.path("pattern")).put("Regex", expression);
        return split;
    }
}
