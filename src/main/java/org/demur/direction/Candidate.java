package org.demur.direction;

import java.io.Serializable;

/**
 * A candidate direction.
 *
 * @param layer block after which it was found
 * @param position token position, negative from the end of the prompt
 * @param vector_D difference in means, harmful minus harmless
 */
public record Candidate(int layer, int position, float[] vector_D) implements Serializable {}
