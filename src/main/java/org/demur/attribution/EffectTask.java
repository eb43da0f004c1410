package org.demur.attribution;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import org.demur.engine.ModelSpec;
import org.demur.runtime.ModelRegistry;

/** Measures sets of features on a shard of prompts; the result is by prompt of the shard and set. */
record EffectTask(Broadcast<Plan> broadcast, List<List<FeatureId>> sets, LongAccumulator finished)
        implements Function<List<MeasuredPrompt>, double[][]> {

    /** What all measurements share. */
    record Plan(ModelSpec model, FeaturePool pool, int maxTokensPerBatch) implements Serializable {}

    @Override
    public double[][] call(List<MeasuredPrompt> shard) {
        Plan plan = broadcast.value();
        double[][] effects = new SetEffects(ModelRegistry.model(plan.model()), plan.pool(), plan.maxTokensPerBatch())
                .of(shard, sets);
        finished.add((long) shard.size() * sets.size());
        return effects;
    }
}
