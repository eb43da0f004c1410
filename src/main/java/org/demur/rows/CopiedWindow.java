package org.demur.rows;

/** A window with room of its own: slots times row bytes, and the piece that is being read. */
final class CopiedWindow implements RowWindow {
    private static final int BLOCK_SLOTS = 4096;

    private final RowStore store;
    private final int words;
    private final short[][] blocks;
    private Piece read = new Piece(-1, 0, 0);
    private short[] pieceWords = new short[0];

    CopiedWindow(RowStore store, RowFormat format, int slots) {
        this.store = store;
        this.words = format.words();
        this.blocks = new short[(slots + BLOCK_SLOTS - 1) / BLOCK_SLOTS][];
        for (int block = 0; block < blocks.length; block++) {
            blocks[block] = new short[Math.multiplyExact(Math.min(BLOCK_SLOTS, slots - block * BLOCK_SLOTS), words)];
        }
    }

    @Override
    public void hold(int slot, Piece piece, int rank) {
        if (!piece.equals(read)) {
            int needed = Math.multiplyExact(piece.rows(), words);
            if (pieceWords.length < needed) {
                pieceWords = new short[needed];
            }
            store.read(piece, pieceWords);
            read = piece;
        }
        int from = (rank - piece.from()) * words;
        System.arraycopy(pieceWords, from, blocks[slot / BLOCK_SLOTS], slot % BLOCK_SLOTS * words, words);
    }

    @Override
    public void read(int slot, int rank, short[] to, int at) {
        System.arraycopy(blocks[slot / BLOCK_SLOTS], slot % BLOCK_SLOTS * words, to, at, words);
    }
}
