package org.demur.rows;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** The rows of one shard, pass after pass, in the order of training; a function of the seed, the pieces and the window. */
final class ShardStream {
    private final List<Piece> pieces;
    private final long seed;
    private final int rows;
    private final WindowOrder order;
    private final RowWindow window;
    private final int[] ranks;
    private final PassOrder[] passes = new PassOrder[2];
    private final int[] passNumbers = {-1, -1};

    /**
     * A stream that is yet to be put at a position.
     *
     * @param seed of the shard
     */
    ShardStream(List<Piece> pieces, long seed, WindowOrder order, RowWindow window) {
        this.pieces = pieces;
        this.seed = seed;
        this.rows = pieces.stream().mapToInt(Piece::rows).sum();
        this.order = order;
        this.window = window;
        this.ranks = new int[order.slots()];
    }

    /** Goes to where {@code position} rows have been taken since the beginning; reads each unit that it needs once. */
    void seek(long position) {
        order.seek(position);
        IntStream.range(0, order.slots())
                .filter(order::isFull)
                .boxed()
                .sorted(Comparator.comparingLong(order::held))
                .forEach(slot -> hold(slot, order.held(slot)));
    }

    /** Copies the next row; answers its rank. */
    int take(short[] to, int at) {
        int slot = order.draw();
        int rank = ranks[slot];
        window.read(slot, rank, to, at);
        long next = order.refill();
        if (next != WindowOrder.NONE) {
            hold(slot, next);
        }
        return rank;
    }

    private void hold(int slot, long number) {
        PassOrder pass = pass((int) (number / rows));
        int row = (int) (number % rows);
        ranks[slot] = pass.rank(row);
        window.hold(slot, pass.piece(row), ranks[slot]);
    }

    /** The window spans two passes at most. */
    private PassOrder pass(int number) {
        if (passNumbers[number % 2] != number) {
            passes[number % 2] = new PassOrder(pieces, PassSeed.PIECES.of(seed, number));
            passNumbers[number % 2] = number;
        }
        return passes[number % 2];
    }
}
