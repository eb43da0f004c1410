package org.demur.rows;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The ranks of some pieces, and the place of each rank among them in ascending order. */
final class RankRanges {
    /** No rank at all. */
    static final RankRanges NONE = new RankRanges(new int[0], new int[0]);

    private final int[] from;
    private final int[] place;

    private RankRanges(int[] from, int[] to) {
        this.from = from;
        this.place = new int[from.length + 1];
        for (int i = 0; i < from.length; i++) {
            place[i + 1] = place[i] + to[i] - from[i];
        }
    }

    /** The ranks of pieces that have no row in common. */
    static RankRanges of(Stream<Piece> pieces) {
        List<Piece> ascending =
                pieces.sorted(Comparator.comparingInt(Piece::from)).toList();
        return new RankRanges(
                ascending.stream().mapToInt(Piece::from).toArray(),
                ascending.stream().mapToInt(Piece::to).toArray());
    }

    /** All ranks below {@code rows}. */
    static RankRanges all(int rows) {
        return new RankRanges(new int[] {0}, new int[] {rows});
    }

    /** Number of ranks. */
    int rows() {
        return place[place.length - 1];
    }

    /** Place of a rank, -1 for one that is in no range. */
    int place(int rank) {
        int found = Arrays.binarySearch(from, rank);
        int range = found >= 0 ? found : -found - 2;
        int at = range < 0 ? -1 : place[range] + rank - from[range];
        return range < 0 || at >= place[range + 1] ? -1 : at;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RankRanges ranges
                && Arrays.equals(from, ranges.from)
                && Arrays.equals(place, ranges.place);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(from) + Arrays.hashCode(place);
    }
}
