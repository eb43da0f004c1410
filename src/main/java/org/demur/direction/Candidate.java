package org.demur.direction;

import java.io.Serializable;

/**
 * A candidate direction.
 *
 * @param layer block after which it was found
 * @param position token position, negative from the end of the prompt
 * @param kind how it was found
 * @param vector_D from harmless to harmful: the difference in means, or its projection onto another direction, so that
 *     adding either moves the mean of harmless prompts as far as it can towards that of harmful ones
 */
public record Candidate(int layer, int position, DirectionKind kind, float[] vector_D) implements Serializable {}
