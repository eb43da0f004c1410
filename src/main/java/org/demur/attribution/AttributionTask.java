package org.demur.attribution;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import org.demur.cells.PromptShard;
import org.demur.cells.StudyPrompt;
import org.demur.edit.FeatureSlice;
import org.demur.engine.ForwardResult;
import org.demur.engine.LanguageModel;
import org.demur.runtime.ModelRegistry;
import org.demur.sae.Sae;

/** Attributes a shard of prompts along every path asked for, and counts how the features of each SAE fire on it. */
record AttributionTask(Broadcast<AttributionPlan> broadcast, LongAccumulator finished)
        implements Function<PromptShard, ShardAttribution> {

    @Override
    public ShardAttribution call(PromptShard shard) {
        AttributionPlan plan = broadcast.value();
        List<StudyPrompt> prompts = shard.prompts();
        LanguageModel model = ModelRegistry.model(plan.model());
        ForwardResult clean = Streams.clean(model, plan, prompts);
        List<boolean[]> masks =
                prompts.stream().map(prompt -> mask(prompt, plan)).toList();
        Map<Integer, FeatureActivity> activity =
                activity(plan, Streams.activations(clean, plan.points(), prompts.size()), masks);
        List<PromptAttribution> attributions = new ArrayList<>();
        for (AttributionMode mode : plan.modes()) {
            Streams streams = Streams.of(model, plan, prompts, clean, mode);
            attributions.addAll(new ShardScores(plan, streams, mode).of(model, prompts, masks));
            finished.add(prompts.size());
        }
        return new ShardAttribution(attributions, activity);
    }

    private static boolean[] mask(StudyPrompt prompt, AttributionPlan plan) {
        boolean[] mask = new boolean[prompt.length()];
        for (int t = 0; t < mask.length; t++) {
            mask[t] = plan.tokenClasses().contains(prompt.tokenClasses()[t]);
        }
        return mask;
    }

    private static Map<Integer, FeatureActivity> activity(
            AttributionPlan plan, Map<Integer, float[][]> clean_TD, List<boolean[]> masks) {
        Map<Integer, FeatureActivity> activity = new HashMap<>();
        for (Map.Entry<Integer, FeatureSlice> entry : plan.slices().entrySet()) {
            int layer = entry.getKey();
            Sae sae = Sae.read(Path.of(plan.saeFolder()).resolve("layer=" + layer));
            FeatureActivity ofLayer = FeatureActivity.none(sae.F());
            for (int i = 0; i < masks.size(); i++) {
                float[] rows_BD = counted(clean_TD.get(layer)[i], masks.get(i), sae.d());
                ofLayer = ofLayer.plus(sae.encode(rows_BD, rows_BD.length / sae.d()));
            }
            activity.put(layer, ofLayer);
        }
        return activity;
    }

    private static float[] counted(float[] stream_TD, boolean[] mask, int d) {
        int[] tokens = IntStream.range(0, mask.length).filter(t -> mask[t]).toArray();
        float[] rows_BD = new float[tokens.length * d];
        for (int b = 0; b < tokens.length; b++) {
            System.arraycopy(stream_TD, tokens[b] * d, rows_BD, b * d, d);
        }
        return rows_BD;
    }
}
