package org.demur.rows;

import java.io.Serializable;
import org.demur.ExitCode;
import org.demur.JobException;

/**
 * Cuts the stream of rows into minibatches. Every shard has the same number of rows, one row at most is left over for each, and
 * its stream goes on from one pass to the next, so that only the rows that fill no minibatch at the very end are not used.
 *
 * @param rows training rows of the layer
 * @param shards shards of the job file
 * @param batchRows rows of a minibatch over all shards
 * @param epochs passes
 */
public record MinibatchPlan(int rows, int shards, int batchRows, int epochs) implements Serializable {
    /** Checks that at least one minibatch can be filled. */
    public MinibatchPlan {
        if (batchRows < shards || (long) (rows / shards) * epochs < batchRows / shards) {
            throw new JobException(
                    ExitCode.BAD_DATA,
                    "There are " + rows + " training rows for minibatches of " + batchRows,
                    "too few prompts have the use corpus, or a limit cut them",
                    "add prompts, or lower train.batch-rows");
        }
    }

    /** Rows that a shard gives to a minibatch. */
    public int shardBatchRows() {
        return batchRows / shards;
    }

    /** Rows of every shard in one pass. */
    public int shardRows() {
        return rows / shards;
    }

    /** Minibatches of the whole run. */
    public int steps() {
        return Math.toIntExact((long) shardRows() * epochs / shardBatchRows());
    }

    /** Rows drawn from a shard before a step, counted from 0. */
    public long position(int step) {
        return (long) step * shardBatchRows();
    }

    /** The pass in which a step begins, both from 0. */
    public int epoch(int step) {
        return (int) (position(step) / shardRows());
    }

    /** Rows of all passes that no minibatch has. */
    public long unusedRows() {
        return (long) rows * epochs - (long) steps() * batchRows;
    }
}
