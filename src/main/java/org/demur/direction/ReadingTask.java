package org.demur.direction;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.api.java.function.Function;
import org.demur.cells.StudyPrompt;
import org.demur.edit.HookPoint;
import org.demur.engine.ForwardPlan;
import org.demur.engine.ForwardResult;
import org.demur.engine.LanguageModel;
import org.demur.engine.ModelSpec;
import org.demur.engine.Positions;
import org.demur.engine.TokenSequence;
import org.demur.refusal.LikelyTokens;
import org.demur.runtime.ModelRegistry;

/**
 * Reads a shard of prompts with the untouched model.
 *
 * @param positions post-instruction positions to keep, counted from the end
 */
record ReadingTask(ModelSpec spec, int positions, int maxTokensPerBatch) implements Function<SideShard, ShardReading> {

    @Override
    public ShardReading call(SideShard work) {
        List<StudyPrompt> prompts = work.shard().prompts();
        LanguageModel model = ModelRegistry.model(spec);
        int nLayers = model.config().nLayers();
        Set<HookPoint> everyLayer = new TreeSet<>();
        for (int layer = 0; layer < nLayers; layer++) {
            everyLayer.add(HookPoint.residPost(layer));
        }
        ForwardResult result = model.forward(
                sequences(prompts),
                ForwardPlan.capture(everyLayer)
                        .atPositions(Positions.lastN(positions))
                        .withLastLogits()
                        .withMaxTokensPerBatch(maxTokensPerBatch));
        List<PromptReading> readings = new ArrayList<>();
        for (int i = 0; i < prompts.size(); i++) {
            float[] residual_LPD = new float[0];
            for (int layer = 0; layer < nLayers; layer++) {
                float[] activation_PD = result.activation(i, HookPoint.residPost(layer));
                if (layer == 0) {
                    residual_LPD = new float[nLayers * activation_PD.length];
                }
                System.arraycopy(activation_PD, 0, residual_LPD, layer * activation_PD.length, activation_PD.length);
            }
            readings.add(new PromptReading(residual_LPD, LikelyTokens.of(result.lastLogits(i))));
        }
        return new ShardReading(work.side(), template(model, prompts.get(0)), readings);
    }

    private ShardReading.Template template(LanguageModel model, StudyPrompt example) {
        List<String> texts = new ArrayList<>();
        for (int back = positions; back >= 1; back--) {
            int token = example.tokenIds()[example.length() - back];
            texts.add(model.tokenizer().decode(new int[] {token}));
        }
        return new ShardReading.Template(model.config().nLayers(), texts);
    }

    private static List<TokenSequence> sequences(List<StudyPrompt> prompts) {
        return prompts.stream()
                .map(prompt -> TokenSequence.plain(prompt.tokenIds()))
                .toList();
    }
}
