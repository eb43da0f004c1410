package org.demur.capability;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.demur.edit.Edit;
import org.demur.engine.TokenSequence;
import org.demur.prompts.EncodedPrompt;
import org.demur.prompts.TokenClass;

/** Tokens of a text and their classes. */
record Passage(int[] tokenIds, List<TokenClass> classes) implements Serializable {
    Passage {
        classes = List.copyOf(classes);
    }

    static Passage of(EncodedPrompt encoded) {
        return new Passage(encoded.ids(), List.of(encoded.classes()));
    }

    /** With more tokens that the model wrote, or is taken to have written. */
    Passage answered(int[] more) {
        List<TokenClass> longer = new ArrayList<>(classes);
        longer.addAll(Collections.nCopies(more.length, TokenClass.RESPONSE));
        return new Passage(
                IntStream.concat(IntStream.of(tokenIds), IntStream.of(more)).toArray(), longer);
    }

    TokenSequence sequence(List<Edit> edits) {
        return new TokenSequence(tokenIds, edits, classes, 0);
    }

    int length() {
        return tokenIds.length;
    }
}
