package org.demur.corpus;

import java.io.Serializable;
import org.demur.sae.RowHash;

/**
 * A random order of activation rows that depends on their keys alone: its first rows are a sample, and so are its first rows of
 * any kind.
 *
 * @param seed of the order
 */
public record SampleOrder(long seed) implements Serializable {
    private static final double PLACES = 0x1p63;

    /** Place of a row, from 0 to 2^63 - 1. */
    public long place(long promptHash, int position) {
        RowHash hash = new RowHash(seed);
        hash.add(promptHash);
        hash.add(position);
        return hash.value() >>> 1;
    }

    /** Whether a row is in the first {@code share} of the order. */
    public boolean isWithin(double share, long promptHash, int position) {
        return place(promptHash, position) < share * PLACES;
    }
}
