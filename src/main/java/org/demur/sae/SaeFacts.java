package org.demur.sae;

/**
 * What a dictionary is.
 *
 * @param layer block it reads
 * @param hook point of the block, such as resid_post
 * @param k latents a row
 * @param threshold height that a pre-activation must exceed in the threshold form
 */
public record SaeFacts(int layer, String hook, int k, float threshold) {}
