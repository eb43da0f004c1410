package org.demur.direction;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import org.demur.cells.SelectedDirection;
import org.demur.edit.Edit;
import org.demur.edit.HookPoint;
import org.demur.engine.ForwardPlan;
import org.demur.engine.ForwardResult;
import org.demur.engine.LanguageModel;
import org.demur.engine.TokenSequence;
import org.demur.refusal.NextToken;
import org.demur.refusal.RefusalTokens;
import org.demur.runtime.ModelRegistry;

/**
 * Scores the candidates of one layer. Induction starts from the clean stream after that layer, which is computed once
 * for all positions; ablation runs the whole model, once per candidate, over both kinds of prompt together.
 */
record TrialTask(Broadcast<Trial> broadcast, LongAccumulator finished)
        implements Function<List<Candidate>, List<CandidateScores>> {

    @Override
    public List<CandidateScores> call(List<Candidate> ofLayer) {
        Trial trial = broadcast.value();
        LanguageModel model = ModelRegistry.model(trial.model());
        boolean late = ofLayer.get(0).layer() >= trial.firstLateLayer();
        List<CandidateScores> scores = new ArrayList<>();
        if (late && !trial.work().scoreHopeless()) {
            ofLayer.forEach(candidate -> scores.add(scored(candidate, Double.NaN, Double.NaN, Double.NaN)));
            finished.add(ofLayer.size());
        } else {
            double[] induce = induce(model, trial, ofLayer);
            for (int i = 0; i < induce.length; i++) {
                boolean hopeful = induce[i] >= trial.minInduce() || trial.work().scoreHopeless();
                scores.add(
                        hopeful
                                ? ablated(model, trial, ofLayer.get(i), induce[i])
                                : scored(ofLayer.get(i), Double.NaN, induce[i], Double.NaN));
                finished.add(1);
            }
        }
        return scores;
    }

    private static double[] induce(LanguageModel model, Trial trial, List<Candidate> ofLayer) {
        HookPoint after = HookPoint.residPost(ofLayer.get(0).layer());
        int maxTokens = trial.work().maxTokensPerBatch();
        List<TokenSequence> plain = trial.harmless().stream()
                .map(prompt -> TokenSequence.plain(prompt.prompt().tokenIds()))
                .toList();
        ForwardResult clean =
                model.forward(plain, ForwardPlan.capture(Set.of(after)).withMaxTokensPerBatch(maxTokens));
        double[] induce = new double[ofLayer.size()];
        for (int c = 0; c < induce.length; c++) {
            List<float[]> start = new ArrayList<>();
            for (int i = 0; i < plain.size(); i++) {
                start.add(added(clean.activation(i, after), ofLayer.get(c).vector_D()));
            }
            ForwardPlan plan = ForwardPlan.capture(Set.of())
                    .withLastLogits()
                    .startingAt(after, start)
                    .withMaxTokensPerBatch(maxTokens);
            ForwardResult result = model.forward(plain, plan);
            for (int i = 0; i < plain.size(); i++) {
                double[] p_V = NextToken.probabilities(result.lastLogits(i));
                induce[c] += RefusalTokens.score(p_V, trial.refusalTokens()) / plain.size();
            }
        }
        return induce;
    }

    private static CandidateScores ablated(LanguageModel model, Trial trial, Candidate candidate, double induce) {
        List<Edit> edits =
                List.of(new Edit.AblateDirection(trial.ablationPoints(), SelectedDirection.unit(candidate.vector_D())));
        List<TokenSequence> sequences = Stream.concat(trial.harmful().stream(), trial.harmless().stream())
                .map(prompt -> new TokenSequence(prompt.prompt().tokenIds(), edits))
                .toList();
        ForwardPlan plan = ForwardPlan.capture(Set.of())
                .withLastLogits()
                .withMaxTokensPerBatch(trial.work().maxTokensPerBatch());
        ForwardResult result = model.forward(sequences, plan);
        double bypass = 0;
        int nHarmful = trial.harmful().size();
        for (int i = 0; i < nHarmful; i++) {
            double[] p_V = NextToken.probabilities(result.lastLogits(i));
            bypass += RefusalTokens.score(p_V, trial.refusalTokens()) / nHarmful;
        }
        double kl = 0;
        int nHarmless = trial.harmless().size();
        for (int i = 0; i < nHarmless; i++) {
            double[] clean_V = NextToken.probabilities(trial.harmless().get(i).cleanLogits_V());
            double[] edited_V = NextToken.probabilities(result.lastLogits(nHarmful + i));
            kl += NextToken.divergence(clean_V, edited_V) / nHarmless;
        }
        return scored(candidate, bypass, induce, kl);
    }

    private static CandidateScores scored(Candidate candidate, double bypass, double induce, double kl) {
        return new CandidateScores(candidate.layer(), candidate.position(), bypass, induce, kl);
    }

    private static float[] added(float[] stream_TD, float[] vector_D) {
        float[] sum_TD = stream_TD.clone();
        for (int i = 0; i < sum_TD.length; i++) {
            sum_TD[i] += vector_D[i % vector_D.length];
        }
        return sum_TD;
    }
}
