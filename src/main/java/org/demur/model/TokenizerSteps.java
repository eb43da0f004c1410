package org.demur.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;

/**
 * What a tokenizer does to a text before and behind its model: the fields of a tokenizer.json of these names.
 *
 * @param normalizer how characters are respelt
 * @param preTokenizer how the text is cut
 * @param decoder how tokens become text again
 */
record TokenizerSteps(JsonNode normalizer, JsonNode preTokenizer, JsonNode decoder) {
    /** A step written as JSON. */
    static JsonNode step(String json) {
        try {
            return StrictJson.mapper().readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("A tokenizer step is not JSON", e);
        }
    }
}
