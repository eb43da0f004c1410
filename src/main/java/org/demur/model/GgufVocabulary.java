package org.demur.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.demur.JobException;

/**
 * The tokens of a GGUF file, as far as the file lists any.
 *
 * @param metadata where they come from
 * @param tokens texts by id
 * @param types kinds by id
 */
record GgufVocabulary(GgufMetadata metadata, List<String> tokens, List<TokenType> types) {
    static final String PREFIX = "tokenizer.ggml.";

    static GgufVocabulary of(GgufMetadata metadata) {
        List<String> tokens = metadata.texts(PREFIX + "tokens").orElse(List.of());
        return new GgufVocabulary(metadata, tokens, types(metadata, tokens.size()));
    }

    int size() {
        return tokens.size();
    }

    /** The same tokens under other spellings; a token that is spelt anew is left to the model to find. */
    GgufVocabulary respelt(List<String> spellings) {
        List<TokenType> kinds = new ArrayList<>(types);
        for (int id = 0; id < size(); id++) {
            if (!spellings.get(id).equals(tokens.get(id))) {
                kinds.set(id, TokenType.NORMAL);
            }
        }
        return new GgufVocabulary(metadata, spellings, kinds);
    }

    /** Ids by text. Refuses a text with two ids. */
    Map<String, Integer> ids() {
        Map<String, Integer> ids = new HashMap<>(2 * size());
        for (int id = 0; id < size(); id++) {
            if (ids.put(tokens.get(id), id) != null) {
                throw broken("tokens repeats token " + id);
            }
        }
        return ids;
    }

    /** One number a token: in a byte-pair vocabulary the higher is merged first, else a log-probability. */
    double[] scores() {
        double[] scores = metadata.reals(PREFIX + "scores").orElseThrow(() -> broken("scores is missing"));
        if (scores.length != size()) {
            throw broken("scores has " + scores.length + " of " + size());
        }
        for (int id = 0; id < scores.length; id++) {
            if (!Double.isFinite(scores[id])) {
                throw broken("scores is not finite at token " + id);
            }
        }
        return scores;
    }

    /** The pairs that are merged, the first one first. */
    Optional<List<String>> merges() {
        return metadata.texts(PREFIX + "merges");
    }

    /** The token that a key such as {@code bos_token_id} names. */
    OptionalInt id(String key) {
        OptionalLong id = metadata.whole(PREFIX + key);
        if (id.isEmpty()) {
            return OptionalInt.empty();
        }
        if (id.getAsLong() < 0 || id.getAsLong() >= size()) {
            throw Refusal.broken(metadata.path(), "key " + PREFIX + key + " is " + id.getAsLong() + " of " + size());
        }
        return OptionalInt.of((int) id.getAsLong());
    }

    /** The token for text that no token covers. */
    OptionalInt unknown() {
        OptionalInt named = id("unknown_token_id");
        int first = types.indexOf(TokenType.UNKNOWN);
        return named.isPresent() || first < 0 ? named : OptionalInt.of(first);
    }

    JobException broken(String detail) {
        return Refusal.broken(metadata.path(), PREFIX + detail);
    }

    private static List<TokenType> types(GgufMetadata metadata, int tokens) {
        Optional<long[]> numbers = metadata.wholes(PREFIX + "token_type");
        if (numbers.isEmpty()) {
            return Collections.nCopies(tokens, TokenType.NORMAL);
        }
        if (numbers.get().length != tokens) {
            throw Refusal.broken(metadata.path(), PREFIX + "token_type has " + numbers.get().length + " of " + tokens);
        }
        List<TokenType> types = new ArrayList<>(tokens);
        for (long number : numbers.get()) {
            int id = types.size();
            types.add(TokenType.of(number)
                    .orElseThrow(() ->
                            Refusal.broken(metadata.path(), PREFIX + "token_type of token " + id + " is " + number)));
        }
        return Collections.unmodifiableList(types);
    }
}
