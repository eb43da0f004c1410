package org.demur.training;

import org.demur.rows.RowSink;
import org.demur.sae.train.ShardBatch;

/**
 * Fills a batch with rows in the form that it holds.
 *
 * @param batch to fill
 * @param part what the rows are to it
 */
record BatchSink(ShardBatch batch, Part part) implements RowSink {
    /** What rows are to a batch. */
    enum Part {
        /** What is encoded. */
        INPUT,
        /** What is predicted. */
        OUTPUT
    }

    @Override
    public int rows() {
        return batch.rows();
    }

    @Override
    public int width() {
        return switch (part) {
            case INPUT -> batch.width();
            case OUTPUT -> batch.outputWidth();
        };
    }

    @Override
    public void put(int row, short[] bits, int at) {
        short[] target =
                switch (part) {
                    case INPUT -> batch.bits_BI();
                    case OUTPUT -> batch.targetBits_BO();
                };
        System.arraycopy(bits, at, target, row * width(), width());
    }

    @Override
    public void put(int row, float[] values, int at) {
        float[] target =
                switch (part) {
                    case INPUT -> batch.exact_BI();
                    case OUTPUT -> batch.exactTarget_BO();
                };
        System.arraycopy(values, at, target, row * width(), width());
    }
}
