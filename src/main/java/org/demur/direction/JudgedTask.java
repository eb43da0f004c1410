package org.demur.direction;

import java.util.List;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import org.demur.cells.SelectedDirection;
import org.demur.edit.Edit;
import org.demur.engine.Generation;
import org.demur.engine.GenerationPlan;
import org.demur.engine.LanguageModel;
import org.demur.engine.TokenSequence;
import org.demur.judge.PhraseJudge;
import org.demur.judge.PhraseList;
import org.demur.runtime.ModelRegistry;

/**
 * Share of the harmful validation prompts that the model still refuses with a candidate ablated, by the start of its
 * greedy answers and Demur's phrases.
 *
 * @param newTokens tokens generated, at most
 */
record JudgedTask(Broadcast<Trial> broadcast, int newTokens, LongAccumulator finished)
        implements Function<Candidate, Double> {
    private static final int ROWS_AT_ONCE = 64;

    @Override
    public Double call(Candidate candidate) {
        Trial trial = broadcast.value();
        LanguageModel model = ModelRegistry.model(trial.model());
        PhraseJudge judge = PhraseJudge.of(PhraseList.NORMALISED, PhraseJudge.DEFAULT_PREFIX_CODE_POINTS);
        List<Edit> edits =
                List.of(new Edit.AblateDirection(trial.ablationPoints(), SelectedDirection.unit(candidate.vector_D())));
        List<TokenSequence> sequences = trial.harmful().stream()
                .map(prompt -> new TokenSequence(prompt.prompt().tokenIds(), edits))
                .toList();
        int refused = 0;
        for (Generation answer :
                model.generate(sequences, new GenerationPlan(newTokens, model.turnEnds(), ROWS_AT_ONCE))) {
            String text = model.tokenizer().decode(answer.tokenIds());
            refused += judge.verdict(text).refusedPrefix() ? 1 : 0;
        }
        finished.add(1);
        return (double) refused / sequences.size();
    }
}
