package org.demur.corpus;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.demur.ExitCode;
import org.demur.JobException;

/**
 * The place of every prompt among the units: prompts are numbered unit after unit, so a unit is a range of numbers. Takes 12
 * bytes a prompt.
 */
public final class UnitTable implements Serializable {
    private static final long serialVersionUID = 1L;

    private final long[] sortedHashes;
    private final int[] ordinals;
    private final int[] firstOrdinals;

    private UnitTable(long[] hashes, int[] firstOrdinals) {
        int[] order = IntStream.range(0, hashes.length)
                .boxed()
                .sorted((a, b) -> Long.compare(hashes[a], hashes[b]))
                .mapToInt(Integer::intValue)
                .toArray();
        this.ordinals = order;
        this.sortedHashes = Arrays.stream(order).mapToLong(i -> hashes[i]).toArray();
        this.firstOrdinals = firstOrdinals;
        for (int i = 1; i < sortedHashes.length; i++) {
            if (sortedHashes[i] == sortedHashes[i - 1]) {
                throw new JobException(
                        ExitCode.MISMATCH,
                        "Prompts " + ordinals[i - 1] + " and " + ordinals[i] + " of the corpus have the same key",
                        "a prompt id occurs twice in a set",
                        "ingest the prompts again");
            }
        }
    }

    /** The table of these units. */
    public static UnitTable of(List<List<PromptKey>> units) {
        int[] first = new int[units.size() + 1];
        for (int unit = 0; unit < units.size(); unit++) {
            first[unit + 1] = first[unit] + units.get(unit).size();
        }
        return new UnitTable(
                units.stream().flatMap(List::stream).mapToLong(PromptKey::hash).toArray(), first);
    }

    /** Every prompt is a unit, in the order of their hashes: for vectors of which it is not known what was computed together. */
    public static UnitTable ofPrompts(long[] hashes) {
        long[] distinct = Arrays.stream(hashes).sorted().distinct().toArray();
        return new UnitTable(distinct, IntStream.rangeClosed(0, distinct.length).toArray());
    }

    /** Whether there is no unit. */
    public boolean isEmpty() {
        return units() == 0;
    }

    /** Number of units. */
    public int units() {
        return firstOrdinals.length - 1;
    }

    /** Number of prompts. */
    public int prompts() {
        return ordinals.length;
    }

    /** Number of the prompt with this {@link PromptKey#hash}, -1 for one that is in no unit. */
    public int ordinal(long promptHash) {
        int found = Arrays.binarySearch(sortedHashes, promptHash);
        return found < 0 ? -1 : ordinals[found];
    }

    /** Number of the first prompt of a unit; the unit after the last begins at {@link #prompts}. */
    public int firstOrdinal(int unit) {
        return firstOrdinals[unit];
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof UnitTable table
                && Arrays.equals(sortedHashes, table.sortedHashes)
                && Arrays.equals(ordinals, table.ordinals)
                && Arrays.equals(firstOrdinals, table.firstOrdinals);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(sortedHashes) + Arrays.hashCode(firstOrdinals);
    }
}
