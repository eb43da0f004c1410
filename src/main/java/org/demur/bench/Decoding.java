package org.demur.bench;

import java.util.List;
import java.util.Set;
import org.demur.edit.Edit;
import org.demur.engine.Generation;
import org.demur.engine.GenerationPlan;
import org.demur.engine.TokenSequence;
import org.demur.sae.WorkCrew;

/** Greedy answers of a fixed length to all prompts of a model; each thread of the crew takes a part of them. */
record Decoding(LoadedModel loaded, int batchRows, WorkCrew crew) {

    /** The new tokens of every prompt, in the prompts' order; no token ends an answer. */
    int[][] answers(List<Edit> edits, int newTokens) {
        GenerationPlan plan = new GenerationPlan(newTokens, Set.of(), batchRows);
        List<List<Integer>> parts = loaded.parts(crew.threads());
        int[][] answers = new int[loaded.prompts().size()][];
        crew.run(parts.size(), (number, slot) -> {
            List<Integer> part = parts.get(number);
            List<TokenSequence> rows = loaded.pick(part).stream()
                    .map(prompt -> new TokenSequence(prompt.tokenIds(), edits))
                    .toList();
            List<Generation> generations = loaded.language().generate(rows, plan);
            for (int i = 0; i < part.size(); i++) {
                answers[part.get(i)] = generations.get(i).tokenIds();
            }
        });
        return answers;
    }
}
