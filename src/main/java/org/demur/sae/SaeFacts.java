package org.demur.sae;

import org.demur.edit.HookPoint;

/**
 * What a dictionary is.
 *
 * @param at point whose residual stream it reads
 * @param k latents a row
 * @param threshold height that a pre-activation must exceed in the threshold form
 */
public record SaeFacts(HookPoint at, int k, float threshold) {}
