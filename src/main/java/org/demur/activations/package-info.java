/**
 * The stage {@code extract}: runs prompts through the model in balanced shards and publishes the residual vectors of
 * every token as the table {@code activations}, with statistics per layer.
 */
package org.demur.activations;
