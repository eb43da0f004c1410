package org.demur.sae.train;

/**
 * What every worker of a run knows about a step.
 *
 * @param shardRows rows of one shard in a step
 * @param k latents a row
 * @param loss constants of the loss
 */
public record StepShape(int shardRows, int k, TokenPass.LossScale loss) {}
