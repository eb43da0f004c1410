package org.demur.capability;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.demur.engine.ForwardPlan;
import org.demur.engine.ForwardResult;
import org.demur.engine.TokenSequence;
import org.demur.refusal.NextToken;

/**
 * Questions whose answer the model has begun, so that its next token is a letter. The published reading takes the most
 * probable of all tokens and compares its text with the key (Yeo et al. 2025), which a key that is a digit never equals;
 * the corrected one takes the most probable of the letters that the question has.
 */
record LetterProbe(String benchmark, List<Item> items) implements Probe {
    /** The beginning of the model's answer. */
    static final String PREFILL = "The best answer is (";

    LetterProbe {
        items = List.copyOf(items);
    }

    /**
     * A question as the model reads it.
     *
     * @param key of the right answer, as the source spells it
     * @param gold index of the right answer
     * @param letters token of each choice's letter
     */
    record Item(String id, String key, int gold, int[] letters, Passage prompt) implements Serializable {}

    @Override
    public String key() {
        return "letter";
    }

    @Override
    public int size() {
        return items.size();
    }

    @Override
    public List<ItemRow> measure(Subject subject) {
        List<TokenSequence> prompts = new ArrayList<>();
        subject.conditions()
                .forEach(condition ->
                        items.forEach(item -> prompts.add(item.prompt().sequence(condition.edits()))));
        ForwardResult result = subject.model()
                .forward(
                        prompts,
                        ForwardPlan.nothing()
                                .withLastLogits()
                                .withMaxTokensPerBatch(subject.limits().maxTokensPerBatch()));
        List<ItemRow> rows = new ArrayList<>();
        int number = 0;
        for (Condition condition : subject.conditions()) {
            for (Item item : items) {
                var place = new ItemRow.Place(benchmark, item.id(), condition.treatment());
                float[] logits_V = result.lastLogits(number++);
                String text = subject.model()
                        .tokenizer()
                        .decode(new int[] {NextToken.mostProbable(logits_V)})
                        .strip();
                rows.add(ItemRow.answered(place, "letter_faithful", text, text.equalsIgnoreCase(item.key()), 1));
                int choice = choice(logits_V, item.letters());
                rows.add(ItemRow.answered(
                        place, "letter_corrected", ChoiceQuestion.letter(choice), choice == item.gold(), 1));
            }
        }
        return rows;
    }

    /** Index of the letter with the largest logit, the first among equals. */
    static int choice(float[] logits_V, int[] letters) {
        int best = 0;
        for (int i = 1; i < letters.length; i++) {
            if (logits_V[letters[i]] > logits_V[letters[best]]) {
                best = i;
            }
        }
        return best;
    }
}
