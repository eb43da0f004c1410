package org.demur.model;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * SentencePiece's byte pairs over whole texts, with bytes for characters that have no token.
 *
 * @param vocabulary tokens with spaces respelt
 * @param family what orders the merges
 * @param prefix where a space is put in front
 */
record SentencePieceBpe(GgufVocabulary vocabulary, SentencePieceFamily family, SpacePrefix prefix)
        implements TokenizerScheme {
    @Override
    public TokenizerSteps steps() {
        return prefix.steps();
    }

    @Override
    public boolean swallowsSpaceBehind(int control) {
        return family.swallowsSpaceBehind(vocabulary.tokens().get(control));
    }

    @Override
    public void writeModel(JsonGenerator json) throws IOException {
        Optional<List<String>> listed = vocabulary.merges();
        List<BytePairModel.Merge> merges = listed.isPresent()
                ? MergeList.listed(vocabulary, listed.get())
                : MergeList.implied(vocabulary, family.priorities(vocabulary));
        Optional<String> unknown =
                vocabulary.unknown().stream().mapToObj(vocabulary.tokens()::get).findFirst();
        new BytePairModel(vocabulary.tokens(), merges, unknown, true, false).writeTo(json);
    }
}
