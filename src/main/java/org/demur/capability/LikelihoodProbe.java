package org.demur.capability;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.demur.engine.ForwardPlan;
import org.demur.engine.ForwardResult;
import org.demur.engine.TokenSequence;
import org.demur.losses.ScoredText;

/**
 * Questions answered by the choice whose text is the likeliest answer: as a whole, per token, and per byte of its text.
 * The choices of a question go through the model together, and share the question.
 */
record LikelihoodProbe(String benchmark, List<Item> items) implements Probe {
    LikelihoodProbe {
        items = List.copyOf(items);
    }

    /**
     * A question with each of its choices as the answer, whose tokens are scored.
     *
     * @param gold index of the right choice
     * @param bytes of each choice in UTF-8
     */
    record Item(String id, int gold, List<ScoredText> answers, int[] bytes) implements Serializable {}

    /** A choice: its log-likelihood and what it may be divided by. */
    private record Scored(double nats, int tokens, int bytes) {}

    @Override
    public String key() {
        return "likelihood";
    }

    @Override
    public int size() {
        return items.size();
    }

    @Override
    public List<ItemRow> measure(Subject subject) {
        List<TokenSequence> sequences = new ArrayList<>();
        subject.conditions()
                .forEach(condition -> items.forEach(
                        item -> item.answers().forEach(answer -> sequences.add(answer.sequence(condition.edits())))));
        ForwardResult result = subject.model()
                .forward(
                        sequences,
                        ForwardPlan.nothing()
                                .withTokenNll()
                                .withMaxTokensPerBatch(subject.limits().maxTokensPerBatch()));
        List<ItemRow> rows = new ArrayList<>();
        int number = 0;
        for (Condition condition : subject.conditions()) {
            for (Item item : items) {
                List<Scored> choices = new ArrayList<>();
                for (int i = 0; i < item.answers().size(); i++) {
                    ScoredText answer = item.answers().get(i);
                    double nats = answer.scoredNats(result.tokenNll(number++));
                    choices.add(new Scored(nats, answer.scoredTokens(), item.bytes()[i]));
                }
                var place = new ItemRow.Place(benchmark, item.id(), condition.treatment());
                rows.add(row(place, "likelihood_raw", item, best(choices, Scored::nats)));
                rows.add(row(place, "likelihood_per_token", item, best(choices, one -> one.nats() / one.tokens())));
                rows.add(row(place, "likelihood_per_byte", item, best(choices, one -> one.nats() / one.bytes())));
            }
        }
        return rows;
    }

    private static ItemRow row(ItemRow.Place place, String mode, Item item, int choice) {
        int tokens = item.answers().get(choice).scoredTokens();
        return ItemRow.answered(place, mode, ChoiceQuestion.letter(choice), choice == item.gold(), tokens);
    }

    /** Index of the smallest loss, the first among equals. */
    private static int best(List<Scored> choices, ToDoubleFunction<Scored> loss) {
        int best = 0;
        for (int i = 1; i < choices.size(); i++) {
            if (loss.applyAsDouble(choices.get(i)) < loss.applyAsDouble(choices.get(best))) {
                best = i;
            }
        }
        return best;
    }
}
