package org.demur.model;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * A byte-pair model in the notation of a tokenizer.json.
 *
 * @param tokens by id
 * @param merges the pairs that are merged, the first one first
 * @param unknown the token for characters without a token
 * @param byteFallback whether a character without a token becomes the tokens of its bytes, and unknown ones in a row
 *     a single unknown token
 * @param ignoresMerges whether a word that is a token is taken whole
 */
record BytePairModel(
        List<String> tokens,
        List<Merge> merges,
        Optional<String> unknown,
        boolean byteFallback,
        boolean ignoresMerges) {
    /** Two tokens that become one. */
    record Merge(String left, String right) {}

    void writeTo(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("type", "BPE");
        json.writeNullField("dropout");
        json.writeFieldName("unk_token");
        json.writeObject(
                unknown.isPresent() ? unknown.get() : StrictJson.mapper().nullNode());
        json.writeNullField("continuing_subword_prefix");
        json.writeNullField("end_of_word_suffix");
        json.writeBooleanField("fuse_unk", byteFallback);
        json.writeBooleanField("byte_fallback", byteFallback);
        json.writeBooleanField("ignore_merges", ignoresMerges);
        json.writeObjectFieldStart("vocab");
        for (int id = 0; id < tokens.size(); id++) {
            json.writeNumberField(tokens.get(id), id);
        }
        json.writeEndObject();
        json.writeArrayFieldStart("merges");
        for (Merge merge : merges) {
            json.writeStartArray();
            json.writeString(merge.left());
            json.writeString(merge.right());
            json.writeEndArray();
        }
        json.writeEndArray();
        json.writeEndObject();
    }
}
