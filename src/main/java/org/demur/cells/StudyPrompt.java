package org.demur.cells;

import java.io.Serializable;
import java.util.List;
import java.util.stream.Stream;
import org.demur.edit.Edit;
import org.demur.engine.TokenSequence;
import org.demur.prompts.TokenClass;

/**
 * A tokenised chat prompt as the stages need it; never its text.
 *
 * @param setName prompt set
 * @param promptId unique within the set
 * @param label {@code harmful} or {@code harmless}
 * @param tokenIds rendered prompt, up to and with the last post-instruction token
 * @param tokenClasses class of every token, as spelled in the table {@code prompts}
 */
public record StudyPrompt(String setName, String promptId, String label, int[] tokenIds, String[] tokenClasses)
        implements Serializable {
    private static final String POST_INSTRUCTION = "post_instruction";

    /** Number of tokens. */
    public int length() {
        return tokenIds.length;
    }

    /** The prompt under edits, which may ask for the classes of its tokens. */
    public TokenSequence sequence(List<Edit> edits) {
        return new TokenSequence(
                tokenIds,
                edits,
                Stream.of(tokenClasses).map(TokenClass::labelled).toList(),
                0);
    }

    /** How many tokens at the end belong to the template after the user's text. */
    public int postInstructionTokens() {
        int n = 0;
        while (n < tokenClasses.length && tokenClasses[tokenClasses.length - 1 - n].equals(POST_INSTRUCTION)) {
            n++;
        }
        return n;
    }
}
