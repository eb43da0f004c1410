package org.demur.scoring;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.util.LongAccumulator;
import org.demur.engine.ForwardPlan;
import org.demur.engine.ForwardResult;
import org.demur.engine.ModelSpec;
import org.demur.engine.TokenSequence;
import org.demur.fluency.Repetition;
import org.demur.fluency.TextLanguage;
import org.demur.runtime.ModelRegistry;

/** Fluency of some completions; the unedited model reads each once, after its prompt. */
record FluencyTask(ModelSpec model, ScoreSettings.Fluency settings, LongAccumulator finished)
        implements Function<List<FluencyTask.Answer>, List<FluencyTask.Fluency>> {

    /**
     * A completion of a prompt, wherever it occurs.
     *
     * @param promptIds tokens of the rendered prompt; none when it is not known
     * @param text of the completion
     */
    record Answer(int[] promptIds, int[] tokenIds, String text) implements Serializable {
        boolean isReadable() {
            return promptIds.length > 0 && tokenIds.length > 0;
        }

        TokenSequence sequence() {
            return TokenSequence.plain(IntStream.concat(Arrays.stream(promptIds), Arrays.stream(tokenIds))
                    .toArray());
        }
    }

    /** Measures of a completion; {@code nats} per token is NaN where the model did not read it. */
    record Fluency(double nats, Repetition repetition, TextLanguage language) implements Serializable {}

    @Override
    public List<Fluency> call(List<Answer> answers) {
        double[] nats = settings.readsPerplexity() ? nats(answers) : new double[0];
        finished.add(answers.size());
        return IntStream.range(0, answers.size())
                .mapToObj(i -> new Fluency(
                        nats.length == 0 ? Double.NaN : nats[i],
                        Repetition.of(answers.get(i).tokenIds()),
                        TextLanguage.of(answers.get(i).text())))
                .toList();
    }

    private double[] nats(List<Answer> answers) {
        int[] readable = IntStream.range(0, answers.size())
                .filter(i -> answers.get(i).isReadable())
                .toArray();
        ForwardPlan plan = ForwardPlan.nothing().withTokenNll().withMaxTokensPerBatch(settings.maxTokensPerBatch());
        ForwardResult result = ModelRegistry.model(model)
                .forward(
                        Arrays.stream(readable)
                                .mapToObj(i -> answers.get(i).sequence())
                                .toList(),
                        plan);
        double[] nats = new double[answers.size()];
        Arrays.fill(nats, Double.NaN);
        for (int i = 0; i < readable.length; i++) {
            Answer answer = answers.get(readable[i]);
            float[] nll_T1 = result.tokenNll(i);
            double sum = 0;
            for (int t = answer.promptIds().length - 1; t < nll_T1.length; t++) {
                sum += nll_T1[t];
            }
            nats[readable[i]] = sum / answer.tokenIds().length;
        }
        return nats;
    }
}
