package org.demur.evaluation;

import java.io.Serializable;

/**
 * A text whose next-token losses are measured.
 *
 * @param tokenIds its tokens
 * @param spliced positions of classes that the dictionary was trained on
 */
record LossText(int[] tokenIds, boolean[] spliced) implements Serializable {}
