package org.demur.judge;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import org.demur.cells.Cell;
import org.demur.cells.CellEdits;
import org.demur.cells.StudyPrompt;
import org.demur.engine.ForwardPlan;
import org.demur.engine.ForwardResult;
import org.demur.engine.ModelSpec;
import org.demur.engine.TokenSequence;
import org.demur.refusal.NextToken;
import org.demur.refusal.RefusalTokens;
import org.demur.runtime.ModelRegistry;

/** Refusal scores of some prompts, each under its cell's edits. */
record FirstTokenTask(
        ModelSpec model,
        Broadcast<CellEdits> edits,
        int[] refusalTokens,
        FirstTokenJudge judge,
        LongAccumulator finished)
        implements Function<List<FirstTokenTask.Question>, List<Judgement>> {

    /** A prompt under a cell. */
    record Question(PairKey key, Cell cell, StudyPrompt prompt) implements Serializable {}

    @Override
    public List<Judgement> call(List<Question> questions) {
        List<TokenSequence> sequences = questions.stream().map(this::sequence).toList();
        ForwardPlan plan = ForwardPlan.nothing().withLastLogits().withMaxTokensPerBatch(judge.maxTokensPerBatch());
        ForwardResult result = ModelRegistry.model(model).forward(sequences, plan);
        List<Judgement> judgements = new ArrayList<>();
        for (int i = 0; i < questions.size(); i++) {
            double[] p_V = NextToken.probabilities(result.lastLogits(i));
            double score = RefusalTokens.score(p_V, refusalTokens);
            boolean refuses = score > judge.threshold();
            judgements.add(new Judgement(
                    questions.get(i).key(), new Outcome.Decided(refuses, refuses, score, Outcome.NO_NUMBER)));
        }
        finished.add(judgements.size());
        return judgements;
    }

    private TokenSequence sequence(Question question) {
        StudyPrompt prompt = question.prompt();
        return prompt.sequence(edits.value().edits(question.cell(), prompt.promptId()));
    }
}
