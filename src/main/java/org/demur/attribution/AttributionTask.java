package org.demur.attribution;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import org.demur.cells.PromptShard;
import org.demur.cells.StudyPrompt;
import org.demur.engine.ForwardResult;
import org.demur.engine.LanguageModel;
import org.demur.runtime.ModelRegistry;

/**
 * Scores a shard of prompts in every ranking that gradients give, and observes how the features of each SAE fire on it. A
 * plan without rankings observes only.
 */
record AttributionTask(Broadcast<AttributionPlan> broadcast, LongAccumulator finished)
        implements Function<PromptShard, ShardAttribution> {

    @Override
    public ShardAttribution call(PromptShard shard) {
        ShardAttribution result =
                of(ModelRegistry.model(broadcast.value().model()), broadcast.value(), shard.prompts());
        finished.add(shard.prompts().size());
        return result;
    }

    /** What the model says about the prompts. */
    static ShardAttribution of(LanguageModel model, AttributionPlan plan, List<StudyPrompt> prompts) {
        ForwardResult clean = Streams.clean(model, plan, prompts);
        List<boolean[]> masks = prompts.stream().map(plan::mask).toList();
        List<Term> terms = new ShardTerms(model, plan, prompts, clean).all();
        LayerScores layers = new LayerScores(plan, masks);
        List<List<FeatureScores>> scores = layers.of(Streams.activations(clean, plan.points(), prompts.size()), terms);
        List<PromptAttribution> attributions = new ArrayList<>();
        for (int n = 0; n < terms.size(); n++) {
            for (int i = 0; i < prompts.size(); i++) {
                attributions.add(attribution(terms.get(n), scores.get(n), prompts.get(i), i));
            }
        }
        return new ShardAttribution(attributions, layers.activity(), layers.features());
    }

    private static PromptAttribution attribution(Term term, List<FeatureScores> scores, StudyPrompt prompt, int i) {
        int row = term.kept().indexOf(i);
        return new PromptAttribution(
                prompt.setName(),
                prompt.promptId(),
                term.ranking(),
                term.streams().refusalTokens()[i],
                term.streams().complianceTokens()[i],
                row < 0,
                row < 0 ? FeatureScores.NONE : scores.get(row));
    }
}
