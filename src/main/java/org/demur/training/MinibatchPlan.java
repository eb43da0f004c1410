package org.demur.training;

import java.io.Serializable;
import java.util.SplittableRandom;
import org.demur.ExitCode;
import org.demur.JobException;

/**
 * Which rows make up which minibatch: a pure function of its fields, the epoch and the shard. Rows are numbered by a hash of
 * their keys, row r belongs to shard r mod shards, and every epoch shuffles each shard anew (Fisher-Yates).
 *
 * @param rows training rows of the layer
 * @param shards shards of the job file
 * @param batchRows rows of a minibatch over all shards
 * @param epochs passes
 * @param seed of the shuffles
 */
record MinibatchPlan(int rows, int shards, int batchRows, int epochs, long seed) implements Serializable {
    /** Checks that at least one minibatch can be filled. */
    MinibatchPlan {
        if (rows / shards < batchRows / shards) {
            throw new JobException(
                    ExitCode.BAD_DATA,
                    "There are " + rows + " training rows for minibatches of " + batchRows,
                    "too few prompts have the use corpus, or a limit cut them",
                    "add prompts, or lower train.batch-rows");
        }
    }

    int shardBatchRows() {
        return batchRows / shards;
    }

    int stepsPerEpoch() {
        return rows / shards / shardBatchRows();
    }

    int steps() {
        return Math.multiplyExact(stepsPerEpoch(), epochs);
    }

    /** Rows that an epoch leaves out because they fill no minibatch. */
    int droppedPerEpoch() {
        return rows - stepsPerEpoch() * batchRows;
    }

    /** The epoch of a step, both from 0. */
    int epoch(int step) {
        return step / stepsPerEpoch();
    }

    int shardRows(int shard) {
        return (rows - shard + shards - 1) / shards;
    }

    /** The order in which an epoch visits a shard's rows. */
    int[] order(int epoch, int shard) {
        int[] order = new int[shardRows(shard)];
        SplittableRandom random = new SplittableRandom(seed ^ (long) epoch << 32 ^ shard * 0x9E3779B97F4A7C15L);
        for (int i = 0; i < order.length; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    /** First shard of a worker; the worker past the last starts at {@link #shards}. */
    int firstShard(int worker, int workers) {
        return (int) ((long) shards * worker / workers);
    }
}
