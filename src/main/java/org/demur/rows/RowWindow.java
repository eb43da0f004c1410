package org.demur.rows;

/** Where the rows of a shard wait until they are drawn. */
interface RowWindow {
    /** Puts a row of a piece into a slot. Rows come piece by piece. */
    void hold(int slot, Piece piece, int rank);

    /** Copies the row of a slot. */
    void read(int slot, int rank, short[] to, int at);

    /** The window on a store. */
    static RowWindow on(RowStore store, RowFormat format, int slots) {
        return store instanceof HeapRows heap ? new OnHeap(heap) : new CopiedWindow(store, format, slots);
    }

    /** Rows that are on the heap already need no second place. */
    record OnHeap(HeapRows rows) implements RowWindow {
        @Override
        public void hold(int slot, Piece piece, int rank) {
            // The rank says where the row is.
        }

        @Override
        public void read(int slot, int rank, short[] to, int at) {
            rows.read(rank, to, at);
        }
    }
}
