package org.demur.losses;

import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;
import org.demur.edit.Edit;
import org.demur.engine.TokenSequence;
import org.demur.prompts.TokenClass;

/**
 * A text of which some tokens are scored; never its characters.
 *
 * @param setName the set it comes from
 * @param id unique within the set
 * @param tokenIds from the start of the text, at least two
 * @param classes one per token
 * @param isScored per token, whether its log-likelihood counts; the first token is never scored
 */
public record ScoredText(String setName, String id, int[] tokenIds, List<TokenClass> classes, boolean[] isScored)
        implements Serializable {
    /** Copies the list and refuses what has no token to predict. */
    public ScoredText {
        classes = List.copyOf(classes);
        if (tokenIds.length < 2 || tokenIds.length != classes.size() || tokenIds.length != isScored.length) {
            throw new IllegalArgumentException("Text " + id + " of " + setName + " has " + tokenIds.length + " tokens, "
                    + classes.size() + " classes and " + isScored.length + " marks");
        }
    }

    /** A text of which the tokens of one class are scored. */
    public static ScoredText of(
            String setName, String id, int[] tokenIds, List<TokenClass> classes, TokenClass scored) {
        boolean[] isScored = new boolean[tokenIds.length];
        for (int t = 1; t < isScored.length; t++) {
            isScored[t] = classes.get(t) == scored;
        }
        return new ScoredText(setName, id, tokenIds, classes, isScored);
    }

    /** The text under edits. */
    public TokenSequence sequence(List<Edit> edits) {
        return new TokenSequence(tokenIds, edits, classes, 0);
    }

    /** How many tokens are scored. */
    public int scoredTokens() {
        return predictors().length;
    }

    /** Positions whose next token is scored, ascending. */
    public int[] predictors() {
        return IntStream.range(0, tokenIds.length - 1)
                .filter(t -> isScored[t + 1])
                .toArray();
    }

    /**
     * Summed negative log-likelihood of the scored tokens, in token order.
     *
     * @param tokenNll_T1 one per token but the first, nats
     */
    public double scoredNats(float[] tokenNll_T1) {
        double nats = 0;
        for (int t : predictors()) {
            nats += tokenNll_T1[t];
        }
        return nats;
    }
}
