package org.demur.direction;

import java.util.List;
import org.demur.refusal.RefusalTokens;

/**
 * What reading the training prompts found.
 *
 * @param tokens first tokens by which the model refuses
 * @param candidates difference in means by layer and position, ordered by both
 * @param template layers of the model and text of the post-instruction tokens
 * @param nHarmful harmful prompts in the means
 * @param nHarmless harmless prompts in the means
 */
record Findings(
        RefusalTokens tokens, List<Candidate> candidates, ShardReading.Template template, int nHarmful, int nHarmless) {

    int nLayers() {
        return template.nLayers();
    }

    /** Text of the token at a position counted from the end, -1 the last. */
    String textAt(int position) {
        return template.positionTexts().get(template.positionTexts().size() + position);
    }
}
