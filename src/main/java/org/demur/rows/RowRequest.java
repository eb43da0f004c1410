package org.demur.rows;

import java.io.Serializable;

/**
 * What a worker asks the data path for.
 *
 * @param input the layer's rows
 * @param batches rows of a minibatch over all shards, shards and passes
 * @param seed of the order
 * @param shards of this worker
 * @param storage how the vectors are kept
 */
public record RowRequest(RowInput input, Batches batches, long seed, ShardRange shards, RowStorage storage)
        implements Serializable {
    /** Rows of a minibatch over all shards, shards, and passes. */
    public record Batches(int rows, int shards, int epochs) implements Serializable {}
}
