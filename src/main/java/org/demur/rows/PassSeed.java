package org.demur.rows;

import org.demur.sae.RowHash;

/** What a shard draws random numbers for, anew in every pass. */
enum PassSeed {
    /** The order of the pieces. */
    PIECES,
    /** The draws from the window. */
    DRAWS;

    /** The seed in one pass. */
    long of(long seed, int pass) {
        RowHash hash = new RowHash(seed);
        hash.add(ordinal());
        hash.add(pass);
        return hash.value();
    }

    /** The seed of a shard. */
    static long ofShard(long seed, int shard) {
        RowHash hash = new RowHash(seed);
        hash.add(shard);
        return hash.value();
    }
}
