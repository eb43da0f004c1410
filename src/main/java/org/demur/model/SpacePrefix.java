package org.demur.model;

import com.fasterxml.jackson.databind.JsonNode;

/** Where SentencePiece puts a space that the text does not have. Spaces are spelt {@code ▁} (U+2581). */
enum SpacePrefix {
    /** Nowhere: Gemma. */
    NONE,
    /** Before the text, unless it begins with one: Llama 2, Mistral. */
    TEXT,
    /** Before every stretch of text between control tokens, whatever it begins with: Phi-3. */
    STRETCH;

    private static final String RESPELL =
            """
            {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}""";
    private static final String READ_BACK =
            """
            {"type": "Replace", "pattern": {"String": "▁"}, "content": " "},
            {"type": "ByteFallback"}, {"type": "Fuse"}""";

    /** The steps as the publishers of these families and the transformers library write them. */
    TokenizerSteps steps() {
        return switch (this) {
            case NONE ->
                new TokenizerSteps(
                        TokenizerSteps.step(RESPELL),
                        TokenizerSteps.step(
                                """
                        {"type": "Split", "pattern": {"String": " "}, "behavior": "MergedWithPrevious",
                         "invert": false}"""),
                        decoder(""));
            case TEXT ->
                new TokenizerSteps(
                        TokenizerSteps.step("null"),
                        TokenizerSteps.step(
                                """
                        {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": false}"""),
                        withoutPrefix());
            case STRETCH ->
                new TokenizerSteps(
                        TokenizerSteps.step(
                                """
                                {"type": "Sequence", "normalizers": [
                                  {"type": "Prepend", "prepend": "▁"}, %s]}"""
                                        .formatted(RESPELL)),
                        TokenizerSteps.step("null"),
                        withoutPrefix());
        };
    }

    private static JsonNode withoutPrefix() {
        return decoder("""
                , {"type": "Strip", "content": " ", "start": 1, "stop": 0}""");
    }

    private static JsonNode decoder(String last) {
        return TokenizerSteps.step(
                """
                {"type": "Sequence", "decoders": [%s%s]}""".formatted(READ_BACK, last));
    }
}
