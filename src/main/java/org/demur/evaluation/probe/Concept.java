package org.demur.evaluation.probe;

import java.io.Serializable;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;

/**
 * A question with two answers about prompts, such as whether they are harmful.
 *
 * @param name as in the table
 * @param train prompts on which features are chosen and probes fitted
 * @param test prompts on which they are judged
 */
public record Concept(String name, LabelledPrompts train, LabelledPrompts test) implements Serializable {
    /** The same over fewer prompts. */
    Concept where(IntPredicate keep) {
        return new Concept(name, train.where(keep), test.where(keep));
    }

    /** The same prompts with their labels dealt out anew, on each side: nothing can be learned, and nothing told. */
    Concept shuffled(SplittableRandom random) {
        return new Concept(name, train.shuffled(random), test.shuffled(random));
    }

    /** Whether both parts hold at least two prompts of both kinds, without which nothing can be fitted or judged. */
    boolean isMeasurable() {
        return hasBoth(train) && hasBoth(test);
    }

    private static boolean hasBoth(LabelledPrompts part) {
        return part.positives() >= 2 && part.size() - part.positives() >= 2;
    }
}
