package org.demur.direction;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.spark.api.java.function.Function;
import org.demur.cells.PromptShard;
import org.demur.engine.ForwardPlan;
import org.demur.engine.ForwardResult;
import org.demur.engine.ModelSpec;
import org.demur.engine.TokenSequence;
import org.demur.runtime.ModelRegistry;

/** Last-position logits of the untouched model for a shard of validation prompts. */
record LogitsTask(ModelSpec spec, int maxTokensPerBatch) implements Function<PromptShard, List<ValidationPrompt>> {

    @Override
    public List<ValidationPrompt> call(PromptShard shard) {
        List<TokenSequence> sequences = shard.prompts().stream()
                .map(prompt -> TokenSequence.plain(prompt.tokenIds()))
                .toList();
        ForwardPlan plan = ForwardPlan.capture(Set.of()).withLastLogits().withMaxTokensPerBatch(maxTokensPerBatch);
        ForwardResult result = ModelRegistry.model(spec).forward(sequences, plan);
        List<ValidationPrompt> prompts = new ArrayList<>();
        for (int i = 0; i < sequences.size(); i++) {
            prompts.add(new ValidationPrompt(shard.prompts().get(i), result.lastLogits(i)));
        }
        return prompts;
    }
}
