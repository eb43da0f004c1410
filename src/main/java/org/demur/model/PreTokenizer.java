package org.demur.model;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * How text is cut before byte pairs are merged, by the names {@code tokenizer.ggml.pre} takes.
 *
 * <p>The expressions are those of the publishers' tokenizer.json files.
 */
enum PreTokenizer {
    GPT2(List.of("gpt-2", "gpt2", "default")),
    SMOLLM(List.of("smollm")),
    LLAMA3(List.of("llama-bpe", "llama3", "llama-v3")),
    QWEN2(List.of("qwen2"));

    private static final String BYTES_AND_WORDS =
            "{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"trim_offsets\":true," + "\"use_regex\":true}";
    private static final String BYTES =
            "{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"trim_offsets\":true," + "\"use_regex\":false}";
    private static final String WORDS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}%s"
            + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

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
        return this == LLAMA3;
    }

    /** Whether a word that is a token is taken whole. */
    boolean ignoresMerges() {
        return this == LLAMA3;
    }

    /** Writes the fields {@code normalizer} and {@code pre_tokenizer}. */
    void writeTo(JsonGenerator json) throws IOException {
        json.writeFieldName("normalizer");
        json.writeRawValue(this == QWEN2 ? "{\"type\":\"NFC\"}" : "null");
        json.writeFieldName("pre_tokenizer");
        switch (this) {
            case GPT2 -> json.writeRawValue(BYTES_AND_WORDS);
            case SMOLLM ->
                json.writeRawValue("{\"type\":\"Sequence\",\"pretokenizers\":["
                        + "{\"type\":\"Digits\",\"individual_digits\":true},"
                        + BYTES_AND_WORDS
                        + "]}");
            case LLAMA3 -> writeSplit(json, String.format(WORDS, "{1,3}"));
            case QWEN2 -> writeSplit(json, String.format(WORDS, ""));
        }
    }

    private static void writeSplit(JsonGenerator json, String expression) throws IOException {
        json.writeStartObject();
        json.writeStringField("type", "Sequence");
        json.writeArrayFieldStart("pretokenizers");
        json.writeStartObject();
        json.writeStringField("type", "Split");
        json.writeObjectFieldStart("pattern");
        json.writeStringField("Regex", expression);
        json.writeEndObject();
        json.writeStringField("behavior", "Isolated");
        json.writeBooleanField("invert", false);
        json.writeEndObject();
        json.writeRawValue(BYTES);
        json.writeEndArray();
        json.writeEndObject();
    }
}
