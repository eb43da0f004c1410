package org.demur.rows;

import java.io.Serializable;

/** Shards {@code first..end-1}, those of one worker. */
public record ShardRange(int first, int end) implements Serializable {
    /** The shards of worker {@code rank} of {@code workers}: consecutive ones, and as many as others have, give or take one. */
    public static ShardRange of(int shards, int rank, int workers) {
        return new ShardRange((int) ((long) shards * rank / workers), (int) ((long) shards * (rank + 1) / workers));
    }

    /** Number of shards. */
    public int size() {
        return end - first;
    }
}
