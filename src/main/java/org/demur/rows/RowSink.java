package org.demur.rows;

/** Receives the rows of one shard of a minibatch. */
public interface RowSink {
    /** Number of rows wanted, the same in every step. */
    int rows();

    /** Values of a row. */
    int width();

    /** Takes row {@code row} from {@code bits}, the bfloat16 bits of {@link #width} values that begin at {@code at}. */
    void put(int row, short[] bits, int at);

    /** Takes row {@code row} from {@code values}, {@link #width} values that begin at {@code at}. */
    void put(int row, float[] values, int at);
}
