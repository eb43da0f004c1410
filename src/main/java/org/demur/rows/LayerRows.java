package org.demur.rows;

/**
 * What reads and generates the rows of a layer.
 *
 * @param input where they come from
 * @param index their numbers
 * @param format how they are kept
 */
record LayerRows(RowInput input, RowIndex index, RowFormat format) {}
