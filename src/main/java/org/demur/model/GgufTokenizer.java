package org.demur.model;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The tokenizer in the metadata of a GGUF file: byte-level or SentencePiece. */
final class GgufTokenizer {
    private static final String BYTE_LEVEL = "gpt2";
    private static final String SENTENCE_PIECE = "llama";

    private final GgufMetadata metadata;

    GgufTokenizer(GgufMetadata metadata) {
        this.metadata = metadata;
    }

    /** Refuses tokens without a row in the embedding. */
    void requireAtMost(int vocabularySize) {
        int tokens = GgufVocabulary.of(metadata).size();
        if (tokens > vocabularySize) {
            throw Refusal.broken(
                    metadata.path(),
                    GgufVocabulary.PREFIX + "tokens has " + tokens + " for an embedding of " + vocabularySize);
        }
    }

    SpecialTokens special() {
        GgufVocabulary vocabulary = GgufVocabulary.of(metadata);
        Map<String, Integer> control = new TreeMap<>();
        for (int id = 0; id < vocabulary.size(); id++) {
            if (vocabulary.types().get(id) == TokenType.CONTROL) {
                control.put(vocabulary.tokens().get(id), id);
            }
        }
        OptionalInt bos = vocabulary.id("bos_token_id");
        OptionalInt eos = vocabulary.id("eos_token_id");
        Set<Integer> turnEnds = new TreeSet<>(SpecialTokens.namedTurnEnds(control));
        eos.ifPresent(turnEnds::add);
        vocabulary.id("eot_token_id").ifPresent(turnEnds::add);
        return new SpecialTokens(
                bos,
                eos,
                vocabulary.id("padding_token_id"),
                bos.isPresent() ? vocabulary.tokens().get(bos.getAsInt()) : "",
                eos.isPresent() ? vocabulary.tokens().get(eos.getAsInt()) : "",
                turnEnds,
                metadata.flag(GgufVocabulary.PREFIX + "add_bos_token").orElseGet(this::usuallyAddsBos),
                control);
    }

    /** The tokenizer.json that encodes as this tokenizer does. */
    String json() {
        TokenizerScheme scheme = scheme();
        StringWriter text = new StringWriter();
        try (JsonGenerator json = StrictJson.mapper().getFactory().createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("version", "1.0");
            json.writeNullField("truncation");
            json.writeNullField("padding");
            writeAddedTokens(json, scheme);
            TokenizerSteps steps = scheme.steps();
            json.writeObjectField("normalizer", steps.normalizer());
            json.writeObjectField("pre_tokenizer", steps.preTokenizer());
            json.writeNullField("post_processor");
            json.writeObjectField("decoder", steps.decoder());
            json.writeFieldName("model");
            scheme.writeModel(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("a string cannot fail to be written", e);
        }
        return text.toString();
    }

    private TokenizerScheme scheme() {
        GgufVocabulary vocabulary = GgufVocabulary.of(metadata);
        TokenizerScheme scheme =
                switch (modelName()) {
                    case BYTE_LEVEL ->
                        new ByteLevelScheme(
                                vocabulary,
                                PreTokenizer.of(preName())
                                        .orElseThrow(() -> Refusal.unsupported(
                                                metadata.path(), "tokenizer.ggml.pre " + preName())));
                    case SENTENCE_PIECE -> SentencePieceFamily.scheme(vocabulary);
                    default -> throw Refusal.unsupported(metadata.path(), "tokenizer.ggml.model " + modelName());
                };
        if (vocabulary.size() == 0) {
            throw vocabulary.broken("tokens is missing");
        }
        return scheme;
    }

    private static void writeAddedTokens(JsonGenerator json, TokenizerScheme scheme) throws IOException {
        GgufVocabulary vocabulary = scheme.vocabulary();
        json.writeArrayFieldStart("added_tokens");
        for (int id = 0; id < vocabulary.size(); id++) {
            TokenType type = vocabulary.types().get(id);
            if (type.isAdded()) {
                boolean control = type == TokenType.CONTROL;
                json.writeStartObject();
                json.writeNumberField("id", id);
                json.writeStringField("content", vocabulary.tokens().get(id));
                for (String flag : List.of("single_word", "lstrip", "normalized")) {
                    json.writeBooleanField(flag, false);
                }
                json.writeBooleanField("rstrip", control && scheme.swallowsSpaceBehind(id));
                json.writeBooleanField("special", control);
                json.writeEndObject();
            }
        }
        json.writeEndArray();
    }

    /** What llama.cpp does where a file does not say. */
    private boolean usuallyAddsBos() {
        return switch (modelName()) {
            case SENTENCE_PIECE -> true;
            case BYTE_LEVEL ->
                PreTokenizer.of(preName()).map(PreTokenizer::addsBos).orElse(false);
            default -> false;
        };
    }

    private String modelName() {
        return metadata.text(GgufVocabulary.PREFIX + "model").orElse("none");
    }

    private String preName() {
        return metadata.text(GgufVocabulary.PREFIX + "pre").orElse("default");
    }
}
