package org.demur.rows;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.demur.corpus.UnitTable;

/**
 * The training rows of a layer, numbered unit after unit, prompt after prompt, position after position. The numbers, called
 * ranks, do not depend on files, row groups or tasks. Takes 4 bytes for each extracted row and 12 for each training row.
 */
final class RowIndex {
    /** Extracted rows in scan order: the rank of each or {@link #LEFT_OUT}, and those of the sample in its order. */
    record Scanned(int[] ranks, int[] sample) {}

    /** By rank: the number of the prompt in the upper half and the position in the lower, and the norm. */
    record Ranked(long[] keys, float[] norms) {}

    /** Counts of rows that are not trained on. */
    static final int LEFT_OUT = -1;

    private final Scanned scanned;
    private final Ranked ranked;
    private final RowFacts.LeftOut leftOut;
    private final int[] firstPromptOfUnit;
    private final int[] firstRowOfUnit;
    private final int[] firstRowOfPrompt;

    RowIndex(UnitTable units, Scanned scanned, Ranked ranked, RowFacts.LeftOut leftOut) {
        this.scanned = scanned;
        this.ranked = ranked;
        this.leftOut = leftOut;
        this.firstRowOfPrompt = new int[units.prompts() + 1];
        for (int rank = 0; rank < rows(); rank++) {
            firstRowOfPrompt[prompt(rank) + 1]++;
        }
        Arrays.parallelPrefix(firstRowOfPrompt, Integer::sum);
        this.firstPromptOfUnit = IntStream.rangeClosed(0, units.units())
                .map(unit -> unit == units.units() ? units.prompts() : units.firstOrdinal(unit))
                .toArray();
        this.firstRowOfUnit = Arrays.stream(firstPromptOfUnit)
                .map(prompt -> firstRowOfPrompt[prompt])
                .toArray();
    }

    /** Whether a row of that key is among the rows. */
    boolean hasKey(long key) {
        return Arrays.binarySearch(ranked.keys(), key) >= 0;
    }

    /** Number of training rows. */
    int rows() {
        return ranked.keys().length;
    }

    /** Number of units, some of which may have no training row. */
    int units() {
        return firstRowOfUnit.length - 1;
    }

    /** Number of prompts, some of which may have no training row. */
    int prompts() {
        return firstRowOfPrompt.length - 1;
    }

    /** Rank of the {@code i}-th extracted row in scan order, {@link #LEFT_OUT} for one that is not trained on. */
    int rank(int i) {
        return scanned.ranks()[i];
    }

    /** Extracted rows, by their number in scan order, that make up the sample. */
    int[] sample() {
        return scanned.sample();
    }

    /** First rank of a unit; the unit after the last begins at {@link #rows}. */
    int firstRow(int unit) {
        return firstRowOfUnit[unit];
    }

    /** Rows of a prompt. */
    int promptRows(int prompt) {
        return firstRowOfPrompt[prompt + 1] - firstRowOfPrompt[prompt];
    }

    /** Number of the prompt of a row. */
    int prompt(int rank) {
        return (int) (ranked.keys()[rank] >>> Integer.SIZE);
    }

    /** Position of a row in its prompt. */
    int position(int rank) {
        return (int) ranked.keys()[rank];
    }

    /** Norm of a row. */
    float norm(int rank) {
        return ranked.norms()[rank];
    }

    /** Unit of a prompt. */
    int unitOfPrompt(int prompt) {
        int found = Arrays.binarySearch(firstPromptOfUnit, prompt);
        return found >= 0 ? found : -found - 2;
    }

    /** Number of the first prompt of a unit. */
    int firstPrompt(int unit) {
        return firstPromptOfUnit[unit];
    }

    /** Counts, for a run of so many steps. */
    RowFacts facts(int steps) {
        double sum = 0;
        for (float norm : ranked.norms()) {
            sum += norm;
        }
        return new RowFacts(rows(), withRows(firstRowOfUnit), withRows(firstRowOfPrompt), sum / rows(), leftOut, steps);
    }

    private static int withRows(int[] first) {
        return (int) IntStream.range(1, first.length)
                .filter(i -> first[i] > first[i - 1])
                .count();
    }
}
