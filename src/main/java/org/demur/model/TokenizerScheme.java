package org.demur.model;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/** One way to turn text into tokens, as a tokenizer.json describes it. */
sealed interface TokenizerScheme permits ByteLevelScheme, SentencePieceBpe, SentencePieceUnigram {
    /** The tokens, in the spelling of this scheme. */
    GgufVocabulary vocabulary();

    TokenizerSteps steps();

    /** Whether the space behind a control token vanishes. */
    boolean swallowsSpaceBehind(int control);

    /** Writes the object of the field {@code model}. */
    void writeModel(JsonGenerator json) throws IOException;
}
