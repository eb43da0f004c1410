package org.demur.losses;

import java.util.List;
import java.util.Set;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.util.LongAccumulator;
import org.demur.engine.ForwardPlan;
import org.demur.engine.ForwardResult;
import org.demur.engine.ModelSpec;
import org.demur.engine.TokenSequence;
import org.demur.runtime.ModelRegistry;

/** Summed negative log-likelihood of each text's response under a job's edits, in the order of the texts. */
record LossTask(ModelSpec model, int maxTokensPerBatch, LongAccumulator finished)
        implements Function<LossJob, double[]> {

    @Override
    public double[] call(LossJob job) {
        List<TokenSequence> sequences =
                job.texts().stream().map(text -> text.sequence(job.edits())).toList();
        ForwardPlan plan = ForwardPlan.capture(Set.of()).withTokenNll().withMaxTokensPerBatch(maxTokensPerBatch);
        ForwardResult result = ModelRegistry.model(model).forward(sequences, plan);
        double[] nats = new double[sequences.size()];
        for (int i = 0; i < nats.length; i++) {
            nats[i] = job.texts().get(i).scoredNats(result.tokenNll(i));
        }
        finished.add(nats.length);
        return nats;
    }
}
