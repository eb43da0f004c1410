package org.demur.rows;

import java.util.List;

/**
 * The rows of one step for the shards of a worker.
 *
 * @param words_SBW the rows of each shard
 * @param mixing how well they are mixed
 */
record Minibatch(short[][] words_SBW, MixingMeter.Reading mixing) {
    /** Copies the rows to the sinks. */
    void copyTo(List<? extends RowSink> sinks, RowFormat format) {
        for (int shard = 0; shard < words_SBW.length; shard++) {
            RowSink sink = sinks.get(shard);
            for (int row = 0; row < sink.rows(); row++) {
                format.put(words_SBW[shard], row * format.words(), sink, row);
            }
        }
    }
}
