package org.demur.training;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.io.api.Binary;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.sae.RowHash;

/**
 * The training rows of a layer in the order of a seeded hash of their keys (set, prompt, kind, position): an order that does
 * not depend on files, row groups or tasks, and a random one, so any first part of it is a sample.
 *
 * <p>Rows are met in scan order, file after file; {@link #rank(int)} says where a met row stands.
 */
final class RowIndex {
    private static final List<String> COLUMNS =
            List.of("set_name", "prompt_id", "kind", "position", "token_class", "norm");
    private static final int LEFT_OUT = -1;

    private final LayerSource source;
    private final long seed;
    private final Map<Binary, Boolean> classes = new HashMap<>();
    private final RowHash hash = new RowHash(0);
    private long[] hashes = new long[1 << 16];
    private float[] norms = new float[1 << 16];
    private boolean[] kept = new boolean[1 << 16];
    private int met;
    private int outliers;
    private int heldOut;
    private int[] ranks;
    private float[] normsByRank;

    private RowIndex(LayerSource source, long seed) {
        this.source = source;
        this.seed = seed;
    }

    /** Reads the keys of all files. */
    static RowIndex scan(LayerSource source, long seed) {
        RowIndex index = new RowIndex(source, seed);
        for (String file : source.files()) {
            ColumnScan.rows(file, COLUMNS, index::meet);
        }
        index.order();
        return index;
    }

    private void meet(ColumnReader[] row) {
        if (met == hashes.length) {
            hashes = Arrays.copyOf(hashes, 2 * met);
            norms = Arrays.copyOf(norms, 2 * met);
            kept = Arrays.copyOf(kept, 2 * met);
        }
        byte[] set = row[0].getBinary().getBytesUnsafe();
        byte[] prompt = row[1].getBinary().getBytesUnsafe();
        float norm = row[5].getFloat();
        hash.reset(source.heldOut().seed());
        hash.add(set);
        hash.add(prompt);
        boolean held = source.heldOut().contains(hash);
        boolean excluded = classes.computeIfAbsent(
                row[4].getBinary().copy(), name -> source.excludedClasses().contains(name.toStringUsingUTF8()));
        boolean outlier = norm > source.largestNorm();
        heldOut += held ? 1 : 0;
        outliers += !held && !excluded && outlier ? 1 : 0;
        hash.reset(seed);
        hash.add(set);
        hash.add(prompt);
        hash.add(row[2].getBinary().getBytesUnsafe());
        hash.add(row[3].getInteger());
        hashes[met] = hash.value();
        norms[met] = norm;
        kept[met++] = !held && !excluded && !outlier;
    }

    private void order() {
        long[] sorted = new long[met];
        int count = 0;
        for (int i = 0; i < met; i++) {
            if (kept[i]) {
                sorted[count++] = hashes[i];
            }
        }
        sorted = Arrays.copyOf(sorted, count);
        Arrays.sort(sorted);
        requireDistinct(sorted);
        ranks = new int[met];
        normsByRank = new float[count];
        for (int i = 0; i < met; i++) {
            ranks[i] = kept[i] ? Arrays.binarySearch(sorted, hashes[i]) : LEFT_OUT;
            if (kept[i]) {
                normsByRank[ranks[i]] = norms[i];
            }
        }
        hashes = new long[0];
        norms = new float[0];
        kept = new boolean[0];
    }

    private void requireDistinct(long[] sorted) {
        for (int i = 1; i < sorted.length; i++) {
            if (sorted[i] == sorted[i - 1]) {
                throw new JobException(
                        ExitCode.MISMATCH,
                        "Two activation rows of layer " + source.layer()
                                + " have the same set, prompt, kind and position",
                        "the activations were not written by the extract stage, or a prompt id occurs twice in a set",
                        "extract again");
            }
        }
    }

    /** Place of the {@code i}-th met row in the hash order, -1 for a row that is left out. */
    int rank(int i) {
        return ranks[i];
    }

    /** Number of training rows. */
    int rows() {
        return normsByRank.length;
    }

    /** Rows left out because of their norm. */
    int outliers() {
        return outliers;
    }

    /** Rows of held-out prompts. */
    int heldOut() {
        return heldOut;
    }

    /** Mean norm of the training rows. */
    double meanNorm() {
        double sum = 0;
        for (float norm : normsByRank) {
            sum += norm;
        }
        return sum / normsByRank.length;
    }
}
