package org.demur.model;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * Tokens that stand outside the tokenizer's merges.
 *
 * @param ids by text
 * @param control those marked special
 * @param postProcessor what the tokenizer puts around its tokens
 */
record AddedTokens(Map<String, Integer> ids, Map<String, Integer> control, JsonNode postProcessor) {

    static AddedTokens none() {
        return new AddedTokens(Map.of(), Map.of(), MissingNode.getInstance());
    }

    /** Reads them from a tokenizer.json, skipping vocabulary and merges. */
    static AddedTokens ofTokenizer(Path file) {
        Map<String, Integer> ids = new TreeMap<>();
        Map<String, Integer> control = new TreeMap<>();
        JsonNode postProcessor = MissingNode.getInstance();
        byte[] json = StrictJson.text(file).getBytes(StandardCharsets.UTF_8);
        try (JsonParser parser = StrictJson.parser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw Refusal.broken(file, "is not a JSON object");
            }
            for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
                parser.nextToken();
                switch (key) {
                    case "added_tokens" -> {
                        JsonNode tokens = parser.readValueAsTree();
                        for (JsonNode token : tokens) {
                            add(file, token, token.path("id").asInt(-1), ids, control);
                        }
                    }
                    case "post_processor" -> postProcessor = parser.readValueAsTree();
                    default -> parser.skipChildren();
                }
            }
        } catch (IOException e) {
            throw Refusal.broken(file, StrictJson.reason(e));
        }
        return new AddedTokens(ids, control, postProcessor);
    }

    /** With those of {@code added_tokens_decoder} in a tokenizer_config.json. */
    AddedTokens with(Optional<JsonKeys> tokenizerConfig) {
        Map<String, Integer> allIds = new TreeMap<>(ids);
        Map<String, Integer> allControl = new TreeMap<>(control);
        tokenizerConfig.flatMap(keys -> keys.object("added_tokens_decoder")).ifPresent(decoder -> {
            for (Map.Entry<String, JsonNode> entry : decoder.tree().properties()) {
                add(decoder.file(), entry.getValue(), id(entry.getKey()), allIds, allControl);
            }
        });
        return new AddedTokens(allIds, allControl, postProcessor);
    }

    Optional<Integer> idOf(String text) {
        return Optional.ofNullable(ids.get(text));
    }

    Optional<String> textOf(OptionalInt id) {
        return ids.entrySet().stream()
                .filter(entry -> id.isPresent() && entry.getValue() == id.getAsInt())
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /** Whether the template of a single text begins with this token. */
    boolean templateStartsWith(String text) {
        JsonNode processors = postProcessor.has("processors") ? postProcessor.path("processors") : postProcessor;
        if (processors.isArray()) {
            for (JsonNode processor : processors) {
                if (startsWith(processor, text)) {
                    return true;
                }
            }
            return false;
        }
        return startsWith(processors, text);
    }

    private static boolean startsWith(JsonNode processor, String text) {
        return processor
                .path("single")
                .path(0)
                .path("SpecialToken")
                .path("id")
                .asText()
                .equals(text);
    }

    private static int id(String key) {
        return key.matches("[0-9]{1,9}") ? Integer.parseInt(key) : -1;
    }

    private static void add(Path file, JsonNode token, int id, Map<String, Integer> ids, Map<String, Integer> control) {
        if (id < 0 || !token.path("content").isTextual()) {
            throw Refusal.broken(file, "an added token has no id or no content");
        }
        ids.put(token.path("content").textValue(), id);
        if (token.path("special").asBoolean()) {
            control.put(token.path("content").textValue(), id);
        }
    }
}
