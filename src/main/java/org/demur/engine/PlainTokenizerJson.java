package org.demur.engine;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Map;

/**
 * A tokenizer.json rewritten for text in which no special token may be found.
 *
 * <p>Special tokens are taken out of the added ones, and out of a unigram model's vocabulary, where text could spell
 * them; other added tokens stay. The post-processor goes as well: nothing is put around the tokens, and it would move
 * the beginnings of tokens behind their spaces. The model, which may have a million lines, is passed on unread.
 */
final class PlainTokenizerJson {
    private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(Integer.MAX_VALUE)
                            .build())
                    .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .build())
            .build();
    private static final String SCHEME = "prepend_scheme";

    private final ArrayNode addedTokens = MAPPER.createArrayNode();
    private final ArrayNode plainAddedTokens = MAPPER.createArrayNode();
    private final ObjectNode fields;
    private final String model;

    /**
     * Rewrites a tokenizer.json.
     *
     * @param specials ids of special tokens by text
     * @throws IOException if it is not JSON
     */
    PlainTokenizerJson(String original, Map<String, Integer> specials) throws IOException {
        fields = MAPPER.createObjectNode();
        String source = "{}";
        try (JsonParser parser = MAPPER.getFactory().createParser(original)) {
            parser.nextToken();
            for (String field = parser.nextFieldName(); field != null; field = parser.nextFieldName()) {
                JsonToken value = parser.nextToken();
                if (field.equals("model") && value == JsonToken.START_OBJECT) {
                    int start = (int) parser.currentTokenLocation().getCharOffset();
                    parser.skipChildren();
                    source = original.substring(
                            start, (int) parser.currentLocation().getCharOffset());
                } else {
                    fields.set(field, parser.readValueAsTree());
                }
            }
        }
        for (JsonNode token : fields.path("added_tokens")) {
            addedTokens.add(token);
            String text = token.path("content").asText();
            if (!token.path("special").asBoolean() && !specials.containsKey(text)) {
                plainAddedTokens.add(token);
            }
        }
        fields.set("added_tokens", plainAddedTokens);
        fields.putNull("post_processor");
        model = isUnigram(source) ? withoutSpecials(source, specials) : source;
    }

    /** All added tokens of the original. */
    ArrayNode addedTokens() {
        return addedTokens;
    }

    /** Those that are found in plain text. */
    ArrayNode plainAddedTokens() {
        return plainAddedTokens;
    }

    /** The tokenizer for the beginning of a text. */
    String ofFirstStretch() {
        return document(fields);
    }

    /** The tokenizer for text behind a special token, which must not take it for a beginning. */
    String ofLaterStretch() {
        ObjectNode later = fields.deepCopy();
        later.findParents(SCHEME).forEach(PlainTokenizerJson::prependNothing);
        return document(later);
    }

    /** Whether the two differ. */
    boolean marksTheBeginning() {
        return fields.path("pre_tokenizer").findValuesAsText(SCHEME).contains("first");
    }

    private String document(ObjectNode head) {
        String open = head.toString();
        return open.substring(0, open.length() - 1) + ",\"model\":" + model + "}";
    }

    private static void prependNothing(JsonNode metaspace) {
        if (metaspace.path(SCHEME).asText().equals("first")) {
            ((ObjectNode) metaspace).put(SCHEME, "never");
        }
    }

    private static boolean isUnigram(String model) throws IOException {
        try (JsonParser parser = MAPPER.getFactory().createParser(model)) {
            parser.nextToken();
            for (String field = parser.nextFieldName(); field != null; field = parser.nextFieldName()) {
                parser.nextToken();
                if (field.equals("type")) {
                    return parser.getText().equals("Unigram");
                }
                parser.skipChildren();
            }
        }
        return false;
    }

    /** Spells special tokens with a space, which unigram tokenizers replace before they look for tokens. */
    private static String withoutSpecials(String unigram, Map<String, Integer> specials) throws IOException {
        JsonNode tree = MAPPER.readTree(unigram);
        JsonNode vocabulary = tree.path("vocab");
        specials.forEach((text, id) -> {
            if (vocabulary.path(id).path(0).asText().equals(text)) {
                ((ArrayNode) vocabulary.path(id)).set(0, " " + text);
            }
        });
        return tree.toString();
    }
}
