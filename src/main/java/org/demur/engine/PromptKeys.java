package org.demur.engine;

import java.util.List;
import java.util.Map;

/**
 * Where the keys and values of the prompts of new rows are.
 *
 * @param stem of the blocks below the fork
 * @param top of the blocks above
 * @param unitOf row of {@code top} for each new row
 * @param familyOf row of the shared beginning of {@code top} for each new row
 * @param rowsByPrompt numbers of the new rows by row of {@code stem}
 */
record PromptKeys(
        DecodeCaches.Prompts stem,
        DecodeCaches.Prompts top,
        int[] unitOf,
        int[] familyOf,
        Map<Integer, List<Integer>> rowsByPrompt) {}
