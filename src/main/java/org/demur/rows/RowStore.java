package org.demur.rows;

/** The vectors of a worker's rows. Several views may read at the same time. */
sealed interface RowStore extends AutoCloseable permits HeapRows, SpillFile, ModelRows {
    /** Copies all rows of a piece, in order, to the beginning of {@code words}. */
    void read(Piece piece, short[] words);

    /** Frees memory and files. */
    @Override
    void close();
}
