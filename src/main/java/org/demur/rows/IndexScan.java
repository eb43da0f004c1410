package org.demur.rows;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.io.api.Binary;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.corpus.PromptKey;
import org.demur.corpus.UnitTable;
import org.demur.sae.RowHash;

/** Reads the keys and norms of all extracted rows of a layer and numbers those that are trained on. */
final class IndexScan {
    private static final List<String> COLUMNS =
            List.of("set_name", "prompt_id", "kind", "position", "token_class", "norm", "hook");
    private static final int FIRST_CAPACITY = 1 << 16;

    private final RowInput input;
    private final Map<Binary, Boolean> classes = new HashMap<>();
    private final TreeMap<Long, Integer> sample = new TreeMap<>();
    private final Map<Binary, Boolean> hooks = new HashMap<>();
    private final RowHash hash = new RowHash(0);
    private long[] prompts = new long[FIRST_CAPACITY];
    private int[] positions = new int[FIRST_CAPACITY];
    private float[] norms = new float[FIRST_CAPACITY];
    private boolean[] kept = new boolean[FIRST_CAPACITY];
    private int met;
    private int heldOut;
    private int excluded;
    private int outliers;

    private IndexScan(RowInput input) {
        this.input = input;
    }

    /** The index of all files. */
    static RowIndex of(RowInput input) {
        IndexScan scan = new IndexScan(input);
        for (String file : input.files()) {
            ColumnScan.rows(file, COLUMNS, (row, values) -> scan.meet(file, row, values));
        }
        return scan.finish();
    }

    private void meet(String file, long row, ColumnReader[] values) {
        if (met == kept.length) {
            grow();
        }
        for (int c = 0; c < values.length; c++) {
            require(!ColumnScan.isNull(values[c]), file, row, "has no " + COLUMNS.get(c));
        }
        byte[] set = values[0].getBinary().getBytesUnsafe();
        byte[] prompt = values[1].getBinary().getBytesUnsafe();
        byte[] kind = values[2].getBinary().getBytesUnsafe();
        int position = values[3].getInteger();
        float norm = values[5].getFloat();
        require(Float.isFinite(norm), file, row, "has the norm " + norm);
        kept[met] = isHere(values[6].getBinary()) && keep(set, prompt, values[4].getBinary(), norm);
        prompts[met] = PromptKey.hash(set, prompt, kind);
        positions[met] = position;
        norms[met] = norm;
        met++;
    }

    private boolean isHere(Binary hook) {
        return hooks.computeIfAbsent(
                hook.copy(), name -> input.point().site().sqlName().equals(name.toStringUsingUTF8()));
    }

    /** Whether the filter lets a row through; where another input decides, it does so once all keys are known. */
    private boolean keep(byte[] set, byte[] prompt, Binary tokenClass, float norm) {
        if (input.pairing() instanceof RowInput.Pairing.Follows) {
            return true;
        }
        RowFilter filter = input.filter();
        hash.reset(filter.heldOut().seed());
        hash.add(set);
        hash.add(prompt);
        if (filter.heldOut().contains(hash) == (filter.side() == RowFilter.Side.TRAINING)) {
            heldOut++;
            return false;
        }
        if (classes.computeIfAbsent(
                tokenClass.copy(), name -> filter.excludedClasses().contains(name.toStringUsingUTF8()))) {
            excluded++;
            return false;
        }
        if (norm > filter.largestNorm()) {
            outliers++;
            return false;
        }
        return true;
    }

    private void grow() {
        int capacity = Math.multiplyExact(2, met);
        prompts = Arrays.copyOf(prompts, capacity);
        positions = Arrays.copyOf(positions, capacity);
        norms = Arrays.copyOf(norms, capacity);
        kept = Arrays.copyOf(kept, capacity);
    }

    private void require(boolean holds, String file, long row, String what) {
        if (!holds) {
            throw new JobException(
                    ExitCode.BAD_DATA,
                    "Row " + row + " of " + file + " " + what,
                    "the file is damaged or was not written by the extract stage, which sets such vectors aside",
                    "extract again");
        }
    }

    private RowIndex finish() {
        UnitTable units = input.corpus().units().isEmpty()
                ? UnitTable.ofPrompts(Arrays.copyOf(prompts, met))
                : input.corpus().units();
        long[] keys = new long[met];
        for (int i = 0; i < met; i++) {
            keys[i] = kept[i] ? key(units, i) : 0;
        }
        follow(keys);
        long[] sorted = IntStream.range(0, met)
                .filter(i -> kept[i])
                .mapToLong(i -> keys[i])
                .sorted()
                .toArray();
        int keptRows = sorted.length;
        requireDistinct(sorted);
        sample();
        int[] ranks = new int[met];
        float[] normsByRank = new float[keptRows];
        for (int i = 0; i < met; i++) {
            ranks[i] = kept[i] ? Arrays.binarySearch(sorted, keys[i]) : RowIndex.LEFT_OUT;
            if (kept[i]) {
                normsByRank[ranks[i]] = norms[i];
            }
        }
        int[] sampled = sample.values().stream().mapToInt(Integer::intValue).toArray();
        return new RowIndex(
                units,
                new RowIndex.Scanned(ranks, sampled),
                new RowIndex.Ranked(sorted, normsByRank),
                new RowFacts.LeftOut(heldOut, excluded, outliers));
    }

    /** Leaves the rows that another input decided on, if one did. */
    private void follow(long[] keys) {
        if (input.pairing() instanceof RowInput.Pairing.Follows follows) {
            RowIndex leader = of(follows.leader());
            int found = 0;
            for (int i = 0; i < met; i++) {
                kept[i] = kept[i] && leader.hasKey(keys[i]);
                found += kept[i] ? 1 : 0;
            }
            if (found != leader.rows()) {
                throw new JobException(
                        ExitCode.MISMATCH,
                        found + " of the " + leader.rows() + " rows of "
                                + follows.leader().point() + " have a counterpart at " + input.point(),
                        "the two were not extracted from the same prompts, or a vector was set aside as not finite",
                        "extract both points again, of the same prompts");
            }
        }
    }

    private void sample() {
        RowInput.Sampling sampling = input.corpus().sampling();
        for (int i = 0; i < met; i++) {
            if (kept[i]) {
                sample.put(sampling.order().place(prompts[i], positions[i]), i);
                if (sample.size() > sampling.rows()) {
                    sample.pollLastEntry();
                }
            }
        }
    }

    private long key(UnitTable units, int i) {
        int ordinal = units.ordinal(prompts[i]);
        if (ordinal < 0) {
            throw new JobException(
                    ExitCode.MISMATCH,
                    "Row " + i + " of the activations of layer " + input.layer()
                            + " belongs to no prompt of the corpus",
                    "the tables prompts and activations come from different runs",
                    "extract again");
        }
        return (long) ordinal << Integer.SIZE | positions[i];
    }

    private void requireDistinct(long[] sorted) {
        for (int i = 1; i < sorted.length; i++) {
            if (sorted[i] == sorted[i - 1]) {
                throw new JobException(
                        ExitCode.MISMATCH,
                        "Two activation rows of layer " + input.layer()
                                + " have the same set, prompt, kind and position",
                        "the activations were not written by the extract stage, or a prompt id occurs twice in a set",
                        "extract again");
            }
        }
    }
}
