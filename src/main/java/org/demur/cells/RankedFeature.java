package org.demur.cells;

import java.io.Serializable;

/**
 * A member of a feature set.
 *
 * @param rank place in its set, from 1
 * @param layer layer of the SAE
 * @param feature index in the SAE
 * @param maxActivation largest activation on the prompts of the attribution, in SAE units
 */
public record RankedFeature(int rank, int layer, int feature, float maxActivation) implements Serializable {}
