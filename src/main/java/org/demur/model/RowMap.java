package org.demur.model;

/**
 * Where the rows of a tensor lie in the tensor that a file stores, which may hold several tensors.
 *
 * @param order of the stored rows
 * @param headDim rows of a head
 * @param part place among the tensors that are stored together, from 0
 * @param parts tensors that are stored together
 * @param offset rows of the parts before this one
 */
record RowMap(Order order, int headDim, int part, int parts, long offset) {
    /** Orders of stored rows. */
    enum Order {
        /** One part below the other. */
        PLAIN,
        /** The same, with rotary pairs side by side: row {@code j * headDim/2 + i} of a head is stored as 2i + j. */
        ROTARY_PAIRS,
        /** Head by head, the parts of a head below each other (GPT-NeoX). */
        PER_HEAD
    }

    /** Where row {@code row} is stored. */
    long stored(long row) {
        long inHead = row % headDim;
        return switch (order) {
            case PLAIN -> offset + row;
            case ROTARY_PAIRS -> {
                int half = headDim / 2;
                yield offset + row - inHead + 2 * (inHead % half) + inHead / half;
            }
            case PER_HEAD -> (row - inHead) * parts + (long) part * headDim + inHead;
        };
    }

    /** How many of {@code rows} rows from {@code row} on lie below each other. */
    int run(long row, int rows) {
        return switch (order) {
            case PLAIN -> rows;
            case ROTARY_PAIRS -> 1;
            case PER_HEAD -> (int) Math.min(rows, headDim - row % headDim);
        };
    }
}
