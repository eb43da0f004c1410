package org.demur.model;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Byte pairs over the bytes of words, each byte spelt as a printable character: {@code tokenizer.ggml.model} gpt2.
 *
 * @param vocabulary tokens in that spelling; added tokens as they are read in text
 * @param pre how words are found
 */
record ByteLevelScheme(GgufVocabulary vocabulary, PreTokenizer pre) implements TokenizerScheme {
    @Override
    public TokenizerSteps steps() {
        return pre.steps();
    }

    @Override
    public boolean swallowsSpaceBehind(int control) {
        return false;
    }

    @Override
    public void writeModel(JsonGenerator json) throws IOException {
        List<String> merges = vocabulary.merges().orElseThrow(() -> vocabulary.broken("merges is missing"));
        new BytePairModel(
                        vocabulary.tokens(),
                        MergeList.listed(vocabulary, merges),
                        Optional.empty(),
                        false,
                        pre.ignoresMerges())
                .writeTo(json);
    }
}
