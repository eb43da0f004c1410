package org.demur.capability;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.demur.edit.HookPoint;
import org.demur.engine.ForwardPlan;
import org.demur.engine.ForwardResult;
import org.demur.engine.LanguageModel;
import org.demur.engine.TokenSequence;
import org.demur.losses.EndDivergence;
import org.demur.losses.ScoredText;

/**
 * Fixed texts that the model predicts with and without an intervention: summed losses of the scored tokens, and summed
 * divergences of the whole next-token distribution from that of the untouched model, KL(untouched || edited).
 *
 * @param divergencePositions per text, at most; spread evenly over the scored tokens
 */
record TextProbe(String benchmark, int divergencePositions, List<ScoredText> texts) implements Probe {
    TextProbe {
        texts = List.copyOf(texts);
    }

    @Override
    public String key() {
        return "texts";
    }

    @Override
    public int size() {
        return texts.size();
    }

    @Override
    public List<ItemRow> measure(Subject subject) {
        List<TokenSequence> sequences = new ArrayList<>();
        texts.forEach(text -> sequences.add(text.sequence(List.of())));
        subject.conditions()
                .forEach(condition -> texts.forEach(text -> sequences.add(text.sequence(condition.edits()))));
        Set<HookPoint> captured = divergencePositions > 0 ? Set.of(end(subject.model())) : Set.of();
        ForwardResult result = subject.model()
                .forward(
                        sequences,
                        ForwardPlan.capture(captured)
                                .withTokenNll()
                                .withMaxTokensPerBatch(subject.limits().maxTokensPerBatch()));
        List<ItemRow> rows = new ArrayList<>();
        int number = texts.size();
        for (Condition condition : subject.conditions()) {
            for (int base = 0; base < texts.size(); base++, number++) {
                rows.addAll(rows(subject.model(), result, condition, new Pair(texts.get(base), base, number)));
            }
        }
        return rows;
    }

    /** A text with its numbers in a pass, untouched and edited. */
    private record Pair(ScoredText text, int base, int edited) {}

    private List<ItemRow> rows(LanguageModel model, ForwardResult result, Condition condition, Pair pair) {
        ScoredText text = pair.text();
        var place = new ItemRow.Place(benchmark, text.setName() + "/" + text.id(), condition.treatment());
        List<ItemRow> rows = new ArrayList<>();
        double edited = text.scoredNats(result.tokenNll(pair.edited()));
        double base = text.scoredNats(result.tokenNll(pair.base()));
        int length = text.tokenIds().length;
        rows.add(ItemRow.summed(place, "cross_entropy", new ItemRow.Sum(text.scoredTokens(), length, edited, base)));
        if (divergencePositions > 0) {
            int[] positions = spread(text.predictors(), divergencePositions);
            double divergence = condition.treatment().isNone() ? 0 : divergence(model, result, pair, positions);
            rows.add(ItemRow.summed(place, "divergence", new ItemRow.Sum(positions.length, length, divergence, 0)));
        }
        return rows;
    }

    private static double divergence(LanguageModel model, ForwardResult result, Pair pair, int[] positions) {
        float[] p_TD = result.activation(pair.base(), end(model));
        float[] q_TD = result.activation(pair.edited(), end(model));
        return EndDivergence.sum(model, p_TD, q_TD, positions);
    }

    /** At most {@code most} of the positions, evenly spread, the first among them. */
    static int[] spread(int[] positions, int most) {
        int count = Math.min(most, positions.length);
        int[] chosen = new int[count];
        for (int i = 0; i < count; i++) {
            chosen[i] = positions[(int) ((long) i * positions.length / count)];
        }
        return chosen;
    }

    private static HookPoint end(LanguageModel model) {
        return HookPoint.residPost(model.config().nLayers() - 1);
    }
}
