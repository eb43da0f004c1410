package org.demur.rows;

/** Rows on the heap, in blocks. */
final class HeapRows implements RowStore, RowReceiver {
    private static final int BLOCK_ROWS = 4096;

    private final RankRanges owned;
    private final int words;
    private final short[][] blocks;

    HeapRows(RankRanges owned, RowFormat format) {
        this.owned = owned;
        this.words = format.words();
        this.blocks = new short[(owned.rows() + BLOCK_ROWS - 1) / BLOCK_ROWS][];
        for (int block = 0; block < blocks.length; block++) {
            int rows = Math.min(BLOCK_ROWS, owned.rows() - block * BLOCK_ROWS);
            blocks[block] = new short[Math.multiplyExact(rows, words)];
        }
    }

    @Override
    public void take(int place, short[] row) {
        System.arraycopy(row, 0, blocks[place / BLOCK_ROWS], place % BLOCK_ROWS * words, words);
    }

    /** Copies one row. */
    void read(int rank, short[] to, int at) {
        int place = owned.place(rank);
        System.arraycopy(blocks[place / BLOCK_ROWS], place % BLOCK_ROWS * words, to, at, words);
    }

    @Override
    public void read(Piece piece, short[] to) {
        for (int row = 0; row < piece.rows(); row++) {
            read(piece.from() + row, to, row * words);
        }
    }

    @Override
    public void close() {
        // The heap is freed with the last reference.
    }
}
