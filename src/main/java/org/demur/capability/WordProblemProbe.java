package org.demur.capability;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.demur.engine.Generation;
import org.demur.engine.GenerationPlan;
import org.demur.engine.LanguageModel;
import org.demur.engine.TokenSequence;

/**
 * Word problems, answered at length and then once more behind a cue for the number.
 *
 * @param style how they are asked
 */
record WordProblemProbe(String benchmark, Style style, List<Item> items) implements Probe {
    /** Makes the model name its number (Yeo et al. 2025). */
    static final String CUE = "\nSo the final numeric answer is:";

    private static final int TOKENS_BEHIND_CUE = 10;
    private static final String NEXT_EXAMPLE = "\nQuestion:";

    WordProblemProbe {
        items = List.copyOf(items);
    }

    /**
     * @param mode such as zero_shot
     * @param cue tokens of {@link #CUE}
     * @param maxNewTokens of an answer
     */
    record Style(String mode, int[] cue, int maxNewTokens) implements Serializable {}

    /** A problem as the model reads it. */
    record Item(String id, String gold, Passage prompt) implements Serializable {}

    /** An item under a condition, with the answer. */
    private record Answered(Condition condition, Item item, Generation answer) {
        TokenSequence cued(int[] cue) {
            return item.prompt().answered(answer.tokenIds()).answered(cue).sequence(condition.edits());
        }
    }

    @Override
    public String key() {
        return style.mode();
    }

    @Override
    public int size() {
        return items.size();
    }

    @Override
    public List<ItemRow> measure(Subject subject) {
        LanguageModel model = subject.model();
        int rows = subject.limits().rowsAtOnce();
        List<TokenSequence> prompts = new ArrayList<>();
        subject.conditions()
                .forEach(condition ->
                        items.forEach(item -> prompts.add(item.prompt().sequence(condition.edits()))));
        GenerationPlan atLength =
                new GenerationPlan(style.maxNewTokens(), model.turnEnds(), rows).stoppingAt(List.of(NEXT_EXAMPLE));
        Iterator<Generation> answers = model.generate(prompts, atLength).iterator();
        List<Answered> answered = new ArrayList<>();
        subject.conditions()
                .forEach(condition ->
                        items.forEach(item -> answered.add(new Answered(condition, item, answers.next()))));
        List<TokenSequence> cued =
                answered.stream().map(one -> one.cued(style.cue())).toList();
        Iterator<Generation> numbers = model.generate(
                        cued, new GenerationPlan(TOKENS_BEHIND_CUE, model.turnEnds(), rows))
                .iterator();
        List<ItemRow> result = new ArrayList<>();
        for (Answered one : answered) {
            String answer =
                    atLength.untilStop(model.tokenizer().decode(one.answer().tokenIds()));
            result.add(published(one, model.tokenizer().decode(numbers.next().tokenIds())));
            result.add(corrected(one, answer));
        }
        return result;
    }

    private ItemRow published(Answered one, String behindCue) {
        Optional<String> number = NumericAnswer.published(behindCue);
        boolean isCorrect =
                number.equals(Optional.of(NumericAnswer.spelling(one.item().gold())));
        return row(one, "faithful", number, isCorrect);
    }

    private ItemRow corrected(Answered one, String answer) {
        Optional<String> number = NumericAnswer.corrected(answer);
        boolean isCorrect = number.filter(
                        found -> NumericAnswer.isEqual(found, one.item().gold()))
                .isPresent();
        return row(one, "corrected", number, isCorrect);
    }

    private ItemRow row(Answered one, String reading, Optional<String> number, boolean isCorrect) {
        return ItemRow.answered(
                new ItemRow.Place(benchmark, one.item().id(), one.condition().treatment()),
                style.mode() + "_" + reading,
                number.orElse(""),
                isCorrect,
                one.answer().tokenIds().length);
    }
}
