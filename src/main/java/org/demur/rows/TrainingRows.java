package org.demur.rows;

import java.nio.file.Path;
import java.util.List;

/**
 * The minibatches of one worker for one layer. They are a pure function of the request; a thread of its own prepares the next
 * ones while the caller computes.
 */
public interface TrainingRows extends AutoCloseable {
    /** Opens the rows; spilled rows go to a file in {@code scratch} that no failure leaves behind. */
    static TrainingRows open(RowRequest request, Path scratch) {
        return PrefetchedRows.open(request, scratch);
    }

    /** Counts over all shards, the same on every worker. */
    RowFacts facts();

    /** Rows for scaling, start and calibration, the same on every worker. */
    RowSample sample();

    /**
     * Fills one sink for each shard of the worker, in the order of the shards. Steps ascend by one from the first one asked for,
     * which may be any; a failure of the thread that reads ahead is thrown here.
     *
     * @param step from 0
     */
    void load(int step, List<? extends RowSink> shards);

    /** Seconds that {@link #load} has waited for rows so far. */
    double wait_s();

    /** How well the minibatches loaded so far were mixed, over the shards of this worker. */
    MixingFigures mixing();

    /** Stops reading ahead and frees the rows unless other views use them. */
    @Override
    void close();
}
