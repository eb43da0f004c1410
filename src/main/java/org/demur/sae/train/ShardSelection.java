package org.demur.sae.train;

import java.util.List;

/**
 * All main entries of a shard in a step, and what was decided on them as a whole.
 */
final class ShardSelection {
    private final List<CodeSets> chunks;
    private final int rows;
    private final float bound;
    private double meanL0;
    private float smallest;

    /** Entries of {@code rows} rows that were coded with a {@link StepFacts#bound}. */
    ShardSelection(List<CodeSets> chunks, int rows, float bound) {
        this.chunks = chunks;
        this.rows = rows;
        this.bound = bound;
    }

    /** Keeps the {@code count} largest entries; false if the bound may have hidden some of them. */
    boolean keepLargest(long count) {
        long entries = 0;
        for (CodeSets chunk : chunks) {
            entries += chunk.main().count();
        }
        if (entries < count && bound > 0) {
            return false;
        }
        smallest = BatchSelection.keepLargest(chunks, count);
        return true;
    }

    /** Smallest rank value that {@link #keepLargest} kept; 0 if it had to keep all. */
    float smallest() {
        return smallest;
    }

    int rows() {
        return rows;
    }

    /** Mean number of entries a row above 0, if the architecture asked for it. */
    double meanL0() {
        return meanL0;
    }

    void measureL0() {
        long active = 0;
        for (CodeSets chunk : chunks) {
            float[] values = chunk.main().values();
            for (int i = 0; i < chunk.main().count(); i++) {
                active += values[i] > 0 ? 1 : 0;
            }
        }
        meanL0 = (double) active / rows;
    }
}
