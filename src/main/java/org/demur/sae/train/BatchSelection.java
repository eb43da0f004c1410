package org.demur.sae.train;

import java.util.List;

/**
 * The {@code count} largest entries of a shard, found exactly: floats above 0 order like their bits, so two passes of integer
 * counting, over the upper and then the lower half of the bits, give the smallest one that is kept. Among equal ones the earlier
 * row, then the lower feature wins.
 *
 * <p>Every entry's rank value is in its slope, its own value in its value.
 */
final class BatchSelection {
    private static final int HALF = 1 << 16;

    private BatchSelection() {}

    /** Keeps the largest entries; returns the smallest rank value kept, 0 if all there are were kept. */
    static float keepLargest(List<CodeSets> chunks, long count) {
        long entries = 0;
        for (CodeSets chunk : chunks) {
            entries += chunk.main().count();
        }
        if (entries <= count) {
            return 0;
        }
        int[] upper = new int[HALF];
        count(chunks, upper, -1);
        int high = HALF / 2 - 1;
        long above = 0;
        while (above + upper[high] < count) {
            above += upper[high--];
        }
        int[] lower = new int[HALF];
        count(chunks, lower, high);
        int low = HALF - 1;
        while (above + lower[low] < count) {
            above += lower[low--];
        }
        float smallest = Float.intBitsToFloat(high << 16 | low);
        long[] ties = {count - above};
        for (CodeSets chunk : chunks) {
            float[] ranks = chunk.main().slopes();
            chunk.main().retain(i -> ranks[i] > smallest || (ranks[i] == smallest && ties[0]-- > 0));
        }
        return smallest;
    }

    private static void count(List<CodeSets> chunks, int[] counts, int upper) {
        for (CodeSets chunk : chunks) {
            float[] ranks = chunk.main().slopes();
            for (int i = 0; i < chunk.main().count(); i++) {
                int bits = Float.floatToRawIntBits(ranks[i]);
                if (upper < 0) {
                    counts[bits >>> 16]++;
                } else if (bits >>> 16 == upper) {
                    counts[bits & HALF - 1]++;
                }
            }
        }
    }
}
