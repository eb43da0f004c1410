package org.demur.rows;

/** Takes the rows that a worker owns, in any order. */
@FunctionalInterface
interface RowReceiver {
    /** Takes the row whose place among the owned ones is {@code place}; the words are used again afterwards. */
    void take(int place, short[] words);
}
