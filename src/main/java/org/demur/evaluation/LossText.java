package org.demur.evaluation;

import java.io.Serializable;
import java.util.stream.IntStream;

/**
 * A text whose next-token losses are measured.
 *
 * @param tokenIds its tokens
 * @param ofTrainedClass positions of token classes that the dictionaries were trained on
 */
record LossText(int[] tokenIds, boolean[] ofTrainedClass) implements Serializable {

    /** Positions whose next token counts, which is one of a trained class. */
    int[] countedPredictors() {
        return IntStream.range(0, tokenIds.length - 1)
                .filter(t -> ofTrainedClass[t + 1])
                .toArray();
    }

    /** How many tokens count. */
    int counted() {
        return countedPredictors().length;
    }
}
