/**
 * The prompts that activations come from, and how they are cut into forward passes. Everything here is a function of the
 * prompts and the settings, so a stored vector can be computed again with the same bits.
 */
package org.demur.corpus;
