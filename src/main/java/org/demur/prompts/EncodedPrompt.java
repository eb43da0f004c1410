package org.demur.prompts;

/**
 * A rendered prompt as tokens.
 *
 * @param ids token ids, without padding
 * @param classes the class of each token, that of the text where the token begins
 * @param specialTextsInContent special-token texts that the user's text held and that were encoded as plain text
 */
public record EncodedPrompt(int[] ids, TokenClass[] classes, int specialTextsInContent) {}
