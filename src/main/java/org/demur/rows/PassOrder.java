package org.demur.rows;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** The order in which one pass goes through the pieces of a shard: a permutation that depends on the seed alone. */
final class PassOrder {
    private final Piece[] pieces;
    private final int[] first;

    PassOrder(List<Piece> shard, long seed) {
        this.pieces = shard.toArray(Piece[]::new);
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = pieces.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            Piece swapped = pieces[i];
            pieces[i] = pieces[j];
            pieces[j] = swapped;
        }
        this.first = new int[pieces.length];
        for (int i = 1; i < pieces.length; i++) {
            first[i] = first[i - 1] + pieces[i - 1].rows();
        }
    }

    /** The piece in which row {@code row} of the pass lies. */
    Piece piece(int row) {
        return pieces[number(row)];
    }

    /** Rank of row {@code row} of the pass. */
    int rank(int row) {
        int number = number(row);
        return pieces[number].from() + row - first[number];
    }

    private int number(int row) {
        int found = Arrays.binarySearch(first, row);
        return found >= 0 ? found : -found - 2;
    }
}
