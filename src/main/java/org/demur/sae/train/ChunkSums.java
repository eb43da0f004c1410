package org.demur.sae.train;

import org.demur.sae.RowKernels;

/** What a chunk of rows, or a shard, adds up to. */
final class ChunkSums {
    /** Gradient with respect to the decoder's bias as output, [O]. */
    final float[] biasSlope_O;
    /** Sum of the errors of the full reconstruction, [O]. */
    final float[] error_O;

    double squaredError;
    double reconstruction;
    double second;
    double sparsity;
    long active;

    ChunkSums(int width) {
        biasSlope_O = new float[width];
        error_O = new float[width];
    }

    void add(ChunkSums other) {
        RowKernels.addScaled(biasSlope_O, 0, 1, other.biasSlope_O, 0, biasSlope_O.length);
        RowKernels.addScaled(error_O, 0, 1, other.error_O, 0, error_O.length);
        squaredError += other.squaredError;
        reconstruction += other.reconstruction;
        second += other.second;
        sparsity += other.sparsity;
        active += other.active;
    }

    ShardLoss loss(double extraSparsity, double auxiliary, double smallest) {
        return new ShardLoss(
                squaredError, reconstruction, second, sparsity + extraSparsity, auxiliary, active, smallest);
    }
}
