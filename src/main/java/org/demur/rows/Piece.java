package org.demur.rows;

/**
 * Consecutive rows of one unit that belong to one shard: all of them, except where a unit lies on the border of two shards.
 *
 * @param unit the unit
 * @param from rank of the first row
 * @param to rank after the last row
 */
record Piece(int unit, int from, int to) {
    int rows() {
        return to - from;
    }
}
