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
        /** The first half of what is encoded. */
        FIRST_MODEL,
        /** The second half of what is encoded. */
        SECOND_MODEL,
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
            case FIRST_MODEL, SECOND_MODEL -> batch.width() / 2;
            case OUTPUT -> batch.outputWidth();
        };
    }

    @Override
    public void put(int row, short[] bits, int at) {
        System.arraycopy(bits, at, isOutput() ? batch.targetBits_BO() : batch.bits_BI(), place(row), width());
    }

    @Override
    public void put(int row, float[] values, int at) {
        System.arraycopy(values, at, isOutput() ? batch.exactTarget_BO() : batch.exact_BI(), place(row), width());
    }

    private boolean isOutput() {
        return part == Part.OUTPUT;
    }

    private int place(int row) {
        return switch (part) {
            case INPUT, OUTPUT -> row * width();
            case FIRST_MODEL -> row * batch.width();
            case SECOND_MODEL -> row * batch.width() + width();
        };
    }
}
