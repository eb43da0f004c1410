package org.demur.training;

import org.demur.rows.RowSink;
import org.demur.sae.train.ShardBatch;

/** Fills a batch with rows in the form that it holds. */
record BatchSink(ShardBatch batch) implements RowSink {
    @Override
    public int rows() {
        return batch.rows();
    }

    @Override
    public int width() {
        return batch.width();
    }

    @Override
    public void put(int row, short[] bits, int at) {
        System.arraycopy(bits, at, batch.bits_BI(), row * width(), width());
    }

    @Override
    public void put(int row, float[] values, int at) {
        System.arraycopy(values, at, batch.exact_BI(), row * width(), width());
    }
}
