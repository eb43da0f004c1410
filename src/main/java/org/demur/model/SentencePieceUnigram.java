package org.demur.model;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Base64;
import java.util.Optional;

/**
 * SentencePiece's unigram model: of all ways to cut a text into tokens the most probable one (Kudo 2018,
 * "Subword Regularization").
 *
 * @param vocabulary tokens with log-probabilities as scores
 * @param family what vanishes behind control tokens
 * @param prefix where a space is put in front
 */
record SentencePieceUnigram(GgufVocabulary vocabulary, SentencePieceFamily family, SpacePrefix prefix)
        implements TokenizerScheme {
    private static final String CHARACTER_MAP = GgufVocabulary.PREFIX + "precompiled_charsmap";

    @Override
    public TokenizerSteps steps() {
        TokenizerSteps steps = prefix.steps();
        Optional<long[]> map = vocabulary.metadata().wholes(CHARACTER_MAP);
        return map.isEmpty()
                ? steps
                : new TokenizerSteps(mapped(map.get(), steps.normalizer()), steps.preTokenizer(), steps.decoder());
    }

    @Override
    public boolean swallowsSpaceBehind(int control) {
        return family.swallowsSpaceBehind(vocabulary.tokens().get(control));
    }

    @Override
    public void writeModel(JsonGenerator json) throws IOException {
        vocabulary.ids();
        int unknown = vocabulary.unknown().orElseThrow(() -> vocabulary.broken("token_type names no unknown token"));
        double[] scores = vocabulary.scores();
        json.writeStartObject();
        json.writeStringField("type", "Unigram");
        json.writeNumberField("unk_id", unknown);
        json.writeBooleanField("byte_fallback", vocabulary.types().contains(TokenType.BYTE));
        json.writeArrayFieldStart("vocab");
        for (int id = 0; id < scores.length; id++) {
            json.writeStartArray();
            json.writeString(vocabulary.tokens().get(id));
            json.writeNumber(scores[id]);
            json.writeEndArray();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    /** The normalizer behind the replacement of characters that SentencePiece compiled. */
    private static JsonNode mapped(long[] map, JsonNode normalizer) {
        byte[] bytes = new byte[map.length];
        for (int i = 0; i < map.length; i++) {
            bytes[i] = (byte) map[i];
        }
        ObjectNode sequence = StrictJson.mapper().createObjectNode().put("type", "Sequence");
        ArrayNode steps = sequence.putArray("normalizers");
        steps.addObject()
                .put("type", "Precompiled")
                .put("precompiled_charsmap", Base64.getEncoder().encodeToString(bytes));
        if (!normalizer.isNull()) {
            steps.add(normalizer);
        }
        return sequence;
    }
}
