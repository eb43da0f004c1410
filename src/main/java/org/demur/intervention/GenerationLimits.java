package org.demur.intervention;

import java.io.Serializable;

/**
 * Bounds of a generation.
 *
 * @param maxNewTokens tokens generated for a prompt, at most
 * @param rows prompts that decode together
 */
record GenerationLimits(int maxNewTokens, int rows) implements Serializable {}
