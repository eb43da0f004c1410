package org.demur.intervention;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import org.demur.cells.CellEdits;
import org.demur.cells.PromptShard;
import org.demur.cells.StudyPrompt;
import org.demur.cells.TokenValues;
import org.demur.edit.FeatureSlice;
import org.demur.engine.ForwardPlan;
import org.demur.engine.ForwardResult;
import org.demur.engine.ModelSpec;
import org.demur.runtime.ModelRegistry;
import org.demur.sae.SliceReading;

/** Reads features at every token of the prompts of a shard. */
record ReferenceTask(
        ModelSpec spec, Broadcast<CellEdits> edits, Map<Integer, int[]> features, String form, LongAccumulator finished)
        implements Function<PromptShard, List<TokenValues>> {

    @Override
    public List<TokenValues> call(PromptShard shard) {
        List<FeatureSlice> slices = edits.value().slices(features, form);
        ForwardPlan plan =
                ForwardPlan.capture(slices.stream().map(FeatureSlice::at).collect(Collectors.toSet()));
        ForwardResult result = ModelRegistry.model(spec)
                .forward(
                        shard.prompts().stream()
                                .map(prompt -> prompt.sequence(List.of()))
                                .toList(),
                        plan);
        List<TokenValues> values = new ArrayList<>();
        for (int i = 0; i < shard.prompts().size(); i++) {
            StudyPrompt prompt = shard.prompts().get(i);
            Map<Integer, float[]> byLayer = new TreeMap<>();
            for (FeatureSlice slice : slices) {
                byLayer.put(slice.at().layer(), SliceReading.of(slice, result.activation(i, slice.at())));
            }
            values.add(new TokenValues(prompt.setName(), prompt.promptId(), List.of(prompt.tokenClasses()), byLayer));
            finished.add(1);
        }
        return values;
    }
}
