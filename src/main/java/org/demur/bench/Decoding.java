package org.demur.bench;

import java.util.List;
import java.util.Set;
import org.demur.edit.Edit;
import org.demur.engine.Generation;
import org.demur.engine.GenerationPlan;
import org.demur.engine.TokenSequence;
import org.demur.sae.WorkCrew;

/** Greedy answers of a fixed length to all prompts of a model; the crew's threads take batch after batch. */
record Decoding(LoadedModel loaded, int batchRows, WorkCrew crew) {

    /** The new tokens of every prompt, in the prompts' order; no token ends an answer. */
    int[][] answers(List<Edit> edits, int newTokens) {
        GenerationPlan plan = new GenerationPlan(newTokens, Set.of(), batchRows);
        List<List<Integer>> batches = loaded.batches((rows, tokens) -> rows <= batchRows);
        int[][] answers = new int[loaded.prompts().size()][];
        crew.run(batches.size(), (part, slot) -> {
            List<Integer> batch = batches.get(part);
            List<TokenSequence> rows = loaded.pick(batch).stream()
                    .map(prompt -> new TokenSequence(prompt.tokenIds(), edits))
                    .toList();
            List<Generation> generations = loaded.language().generate(rows, plan);
            for (int i = 0; i < batch.size(); i++) {
                answers[batch.get(i)] = generations.get(i).tokenIds();
            }
        });
        return answers;
    }
}
