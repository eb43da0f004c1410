package org.demur.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** The merges of a byte-pair vocabulary: those a file lists, or those its tokens imply. */
final class MergeList {
    /** Above every vocabulary in use; the longest tokens there are runs of some hundred spaces. */
    private static final int MAX_TOKEN_CHARACTERS = 2048;

    private MergeList() {}

    /** Reads merges spelt as two tokens with a space between. Refuses one of what is no token. */
    static List<BytePairModel.Merge> listed(GgufVocabulary vocabulary, List<String> lines) {
        Map<String, Integer> ids = vocabulary.ids();
        List<BytePairModel.Merge> merges = new ArrayList<>(lines.size());
        for (String line : lines) {
            int space = line.indexOf(' ', 1);
            String left = space < 0 ? "" : line.substring(0, space);
            String right = space < 0 ? "" : line.substring(space + 1);
            if (!ids.containsKey(left) || !ids.containsKey(right) || !ids.containsKey(left + right)) {
                throw vocabulary.broken("merges joins what is no token");
            }
            merges.add(new BytePairModel.Merge(left, right));
        }
        return merges;
    }

    /**
     * Every way to make a token of two others: the token of the higher score first, of one token's ways that of the
     * longer left part first. SentencePiece merges in this order, and the transformers library derives the same list,
     * except that it also lists merges into control tokens, which plain text must not reach.
     *
     * @param scores by id
     */
    static List<BytePairModel.Merge> implied(GgufVocabulary vocabulary, double[] scores) {
        Map<String, Integer> ids = vocabulary.ids();
        List<Split> splits = new ArrayList<>(2 * vocabulary.size());
        for (int id = 0; id < vocabulary.size(); id++) {
            if (vocabulary.types().get(id).spellsText()) {
                addSplits(bounded(vocabulary, id), scores[id], ids, splits);
            }
        }
        splits.sort(Split.FIRST_TO_LAST);
        return splits.stream().map(Split::merge).toList();
    }

    /** The ways to split a token take time that grows with the square of its length. */
    private static String bounded(GgufVocabulary vocabulary, int id) {
        String token = vocabulary.tokens().get(id);
        if (token.length() > MAX_TOKEN_CHARACTERS) {
            throw vocabulary.broken("token " + id + " has " + token.length() + " characters");
        }
        return token;
    }

    private static void addSplits(String token, double score, Map<String, Integer> ids, List<Split> splits) {
        int length = token.codePointCount(0, token.length());
        int at = token.length();
        for (int left_chars = length - 1; left_chars > 0; left_chars--) {
            at = token.offsetByCodePoints(at, -1);
            String left = token.substring(0, at);
            String right = token.substring(at);
            if (ids.containsKey(left) && ids.containsKey(right)) {
                splits.add(new Split(new BytePairModel.Merge(left, right), score, left_chars, length - left_chars));
            }
        }
    }

    /** A merge with what decides on its place; equal ones stay in the order of their tokens. */
    private record Split(BytePairModel.Merge merge, double score, int left_chars, int right_chars) {
        private static final Comparator<Split> FIRST_TO_LAST = Comparator.comparingDouble(Split::score)
                .thenComparingInt(Split::left_chars)
                .thenComparingInt(Split::right_chars)
                .reversed();
    }
}
