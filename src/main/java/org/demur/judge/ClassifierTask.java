package org.demur.judge;

import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.util.LongAccumulator;
import org.demur.engine.ForwardPlan;
import org.demur.engine.ForwardResult;
import org.demur.engine.LanguageModel;
import org.demur.engine.ModelSpec;
import org.demur.engine.TokenSequence;
import org.demur.runtime.ModelRegistry;

/** Classifies some pairs in one request and stores the answers, so that a job that was stopped keeps them. */
record ClassifierTask(Plan plan, String answers, LongAccumulator finished)
        implements Function<List<JudgedText>, List<Judgement>> {

    /** What every task needs; {@code limit_tokens} is the model's or the job file's, whichever is less. */
    record Plan(ModelSpec model, ClassifierPrompt prompt, ClassifierJudge judge, int limit_tokens)
            implements Serializable {}

    @Override
    public List<Judgement> call(List<JudgedText> texts) {
        LanguageModel model = ModelRegistry.model(plan.model());
        ClassifierTemplate template = plan.judge().template();
        AnswerTokens tokens = AnswerTokens.of(model.tokenizer(), template.yes(), template.no());
        List<PairKey> asked = new ArrayList<>();
        List<TokenSequence> sequences = new ArrayList<>();
        List<Judgement> judgements = new ArrayList<>();
        for (JudgedText text : texts) {
            Optional<int[]> ids = plan.prompt().tokens(text, model.tokenizer(), plan.limit_tokens());
            if (ids.isPresent()) {
                asked.add(text.key());
                sequences.add(TokenSequence.plain(ids.get()));
            } else {
                judgements.add(new Judgement(
                        text.key(),
                        new Outcome.Undecided("the prompt alone exceeds " + plan.limit_tokens() + " tokens")));
            }
        }
        ForwardPlan forward = ForwardPlan.nothing()
                .withLastLogits()
                .withMaxTokensPerBatch(plan.judge().maxTokensPerBatch());
        ForwardResult result = model.forward(sequences, forward);
        for (int i = 0; i < asked.size(); i++) {
            judgements.add(new Judgement(asked.get(i), tokens.outcome(result.lastLogits(i))));
        }
        new AnswerStore(Path.of(answers)).write(judgements);
        finished.add(judgements.size());
        return judgements;
    }
}
