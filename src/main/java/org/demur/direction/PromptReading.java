package org.demur.direction;

import java.io.Serializable;
import org.demur.refusal.LikelyTokens;

/**
 * What one untouched forward pass tells about a prompt.
 *
 * @param residual_LPD {@code resid_post} of every layer at the post-instruction positions, [layers, positions, d]
 * @param next distribution over the first token of the answer
 */
record PromptReading(float[] residual_LPD, LikelyTokens next) implements Serializable {}
