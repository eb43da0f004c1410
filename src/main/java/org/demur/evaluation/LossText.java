package org.demur.evaluation;

import java.io.Serializable;

/**
 * A text whose next-token losses are measured.
 *
 * @param tokenIds its tokens
 * @param ofTrainedClass positions of token classes that the dictionaries were trained on
 */
record LossText(int[] tokenIds, boolean[] ofTrainedClass) implements Serializable {}
