package org.demur.evaluation.probe;

import java.io.Serializable;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Prompts that have a concept or do not.
 *
 * @param prompts their numbers
 * @param positive whether each has the concept
 */
public record LabelledPrompts(int[] prompts, boolean[] positive) implements Serializable {
    /** How many. */
    public int size() {
        return prompts.length;
    }

    /** How many have the concept. */
    public int positives() {
        return (int) IntStream.range(0, size()).filter(i -> positive[i]).count();
    }

    /** Those that are kept. */
    LabelledPrompts where(IntPredicate keep) {
        int[] kept =
                IntStream.range(0, size()).filter(i -> keep.test(prompts[i])).toArray();
        LabelledPrompts some = new LabelledPrompts(new int[kept.length], new boolean[kept.length]);
        for (int i = 0; i < kept.length; i++) {
            some.prompts[i] = prompts[kept[i]];
            some.positive[i] = positive[kept[i]];
        }
        return some;
    }

    /** The same prompts with their labels dealt out anew. */
    LabelledPrompts shuffled(SplittableRandom random) {
        boolean[] dealt = positive.clone();
        for (int i = dealt.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            boolean swapped = dealt[i];
            dealt[i] = dealt[j];
            dealt[j] = swapped;
        }
        return new LabelledPrompts(prompts, dealt);
    }
}
