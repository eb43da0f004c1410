package org.demur.model;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The tokenizer in the metadata of a GGUF file, as far as it is a byte-level BPE. */
final class GgufTokenizer {
    private static final String PREFIX = "tokenizer.ggml.";
    private static final int NORMAL = 1;
    private static final int CONTROL = 3;
    private static final int USER_DEFINED = 4;

    private final GgufMetadata metadata;

    GgufTokenizer(GgufMetadata metadata) {
        this.metadata = metadata;
    }

    /** Refuses tokens without a row in the embedding. */
    void requireAtMost(int vocabularySize) {
        int tokens = metadata.texts(PREFIX + "tokens").orElse(List.of()).size();
        if (tokens > vocabularySize) {
            throw Refusal.broken(
                    metadata.path(), PREFIX + "tokens has " + tokens + " for an embedding of " + vocabularySize);
        }
    }

    SpecialTokens special() {
        List<String> tokens = metadata.texts(PREFIX + "tokens").orElse(List.of());
        long[] types = types(tokens.size());
        Map<String, Integer> control = new TreeMap<>();
        for (int id = 0; id < types.length; id++) {
            if (types[id] == CONTROL) {
                control.put(tokens.get(id), id);
            }
        }
        OptionalInt bos = id("bos_token_id", tokens.size());
        OptionalInt eos = id("eos_token_id", tokens.size());
        Set<Integer> turnEnds = new TreeSet<>(SpecialTokens.namedTurnEnds(control));
        eos.ifPresent(turnEnds::add);
        id("eot_token_id", tokens.size()).ifPresent(turnEnds::add);
        return new SpecialTokens(
                bos,
                eos,
                id("padding_token_id", tokens.size()),
                bos.isPresent() ? tokens.get(bos.getAsInt()) : "",
                eos.isPresent() ? tokens.get(eos.getAsInt()) : "",
                turnEnds,
                metadata.flag(PREFIX + "add_bos_token")
                        .orElse(PreTokenizer.of(preName())
                                .map(PreTokenizer::addsBos)
                                .orElse(false)),
                control);
    }

    /** The tokenizer.json that encodes as this tokenizer does. */
    String json() {
        String model = metadata.text(PREFIX + "model").orElse("none");
        if (!model.equals("gpt2")) {
            throw Refusal.unsupported(metadata.path(), "tokenizer.ggml.model " + model);
        }
        PreTokenizer pre = PreTokenizer.of(preName())
                .orElseThrow(() -> Refusal.unsupported(metadata.path(), "tokenizer.ggml.pre " + preName()));
        List<String> tokens = required("tokens");
        StringWriter text = new StringWriter();
        try (JsonGenerator json = StrictJson.mapper().getFactory().createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("version", "1.0");
            json.writeNullField("truncation");
            json.writeNullField("padding");
            writeAddedTokens(json, tokens);
            pre.writeTo(json);
            json.writeNullField("post_processor");
            json.writeFieldName("decoder");
            json.writeRawValue(
                    "{\"type\":\"ByteLevel\",\"add_prefix_space\":true,\"trim_offsets\":true," + "\"use_regex\":true}");
            writeModel(json, pre, tokens);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("a string cannot fail to be written", e);
        }
        return text.toString();
    }

    private void writeAddedTokens(JsonGenerator json, List<String> tokens) throws IOException {
        long[] types = types(tokens.size());
        json.writeArrayFieldStart("added_tokens");
        for (int id = 0; id < types.length; id++) {
            if (types[id] == CONTROL || types[id] == USER_DEFINED) {
                json.writeStartObject();
                json.writeNumberField("id", id);
                json.writeStringField("content", tokens.get(id));
                for (String flag : List.of("single_word", "lstrip", "rstrip", "normalized")) {
                    json.writeBooleanField(flag, false);
                }
                json.writeBooleanField("special", types[id] == CONTROL);
                json.writeEndObject();
            }
        }
        json.writeEndArray();
    }

    private void writeModel(JsonGenerator json, PreTokenizer pre, List<String> tokens) throws IOException {
        json.writeObjectFieldStart("model");
        json.writeStringField("type", "BPE");
        for (String field : List.of("dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix")) {
            json.writeNullField(field);
        }
        json.writeBooleanField("fuse_unk", false);
        json.writeBooleanField("byte_fallback", false);
        json.writeBooleanField("ignore_merges", pre.ignoresMerges());
        Map<String, Integer> vocabulary = vocabulary(tokens);
        json.writeObjectFieldStart("vocab");
        for (int id = 0; id < tokens.size(); id++) {
            json.writeNumberField(tokens.get(id), id);
        }
        json.writeEndObject();
        json.writeArrayFieldStart("merges");
        for (String merge : required("merges")) {
            int space = merge.indexOf(' ', 1);
            String left = space < 0 ? "" : merge.substring(0, space);
            String right = space < 0 ? "" : merge.substring(space + 1);
            if (!vocabulary.containsKey(left)
                    || !vocabulary.containsKey(right)
                    || !vocabulary.containsKey(left + right)) {
                throw Refusal.broken(metadata.path(), PREFIX + "merges joins what is no token");
            }
            json.writeStartArray();
            json.writeString(left);
            json.writeString(right);
            json.writeEndArray();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private Map<String, Integer> vocabulary(List<String> tokens) {
        Map<String, Integer> vocabulary = new HashMap<>();
        for (int id = 0; id < tokens.size(); id++) {
            if (vocabulary.put(tokens.get(id), id) != null) {
                throw Refusal.broken(metadata.path(), PREFIX + "tokens repeats token " + id);
            }
        }
        return vocabulary;
    }

    private String preName() {
        return metadata.text(PREFIX + "pre").orElse("default");
    }

    private List<String> required(String key) {
        return metadata.texts(PREFIX + key)
                .orElseThrow(() -> Refusal.broken(metadata.path(), "key " + PREFIX + key + " is missing"));
    }

    private long[] types(int tokens) {
        Optional<long[]> types = metadata.wholes(PREFIX + "token_type");
        if (types.isEmpty()) {
            long[] normal = new long[tokens];
            Arrays.fill(normal, NORMAL);
            return normal;
        }
        if (types.get().length != tokens) {
            throw Refusal.broken(metadata.path(), PREFIX + "token_type has " + types.get().length + " of " + tokens);
        }
        return types.get();
    }

    private OptionalInt id(String key, int tokens) {
        OptionalLong id = metadata.whole(PREFIX + key);
        if (id.isEmpty()) {
            return OptionalInt.empty();
        }
        if (id.getAsLong() < 0 || id.getAsLong() >= tokens) {
            throw Refusal.broken(metadata.path(), "key " + PREFIX + key + " is " + id.getAsLong() + " of " + tokens);
        }
        return OptionalInt.of((int) id.getAsLong());
    }
}
