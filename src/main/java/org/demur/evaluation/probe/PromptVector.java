package org.demur.evaluation.probe;

import java.io.Serializable;

/**
 * A prompt as probes see it: means over its tokens.
 *
 * @param prompt its number
 * @param x_D mean row
 * @param features features that are active on any token, ascending
 * @param values their means, over all tokens
 */
public record PromptVector(int prompt, float[] x_D, int[] features, float[] values) implements Serializable {}
