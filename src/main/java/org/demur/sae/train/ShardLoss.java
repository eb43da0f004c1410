package org.demur.sae.train;

/**
 * Sums over the rows of a shard.
 *
 * @param squaredError of the full reconstruction, scaled space
 * @param reconstruction the reconstruction's share of the loss
 * @param second share of the second reconstruction
 * @param sparsity share of the sparsity term
 * @param auxiliary the auxiliary loss of this shard before its weight
 * @param active entries above 0
 * @param smallest smallest value that a selection over the shard kept; 0 without one
 */
public record ShardLoss(
        double squaredError,
        double reconstruction,
        double second,
        double sparsity,
        double auxiliary,
        long active,
        double smallest) {
    static ShardLoss none() {
        return new ShardLoss(0, 0, 0, 0, 0, 0, 0);
    }
}
