package org.demur.cells;

import java.io.Serializable;

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

    /** How many tokens at the end belong to the template after the user's text. */
    public int postInstructionTokens() {
        int n = 0;
        while (n < tokenClasses.length && tokenClasses[tokenClasses.length - 1 - n].equals(POST_INSTRUCTION)) {
            n++;
        }
        return n;
    }
}
