package org.demur.sae.train;

import java.util.Arrays;

/**
 * Latents of a chunk of rows: row {@code r} has the entries {@code starts[r]..starts[r+1]-1}, features ascending. Grows as
 * needed and is used again in the next step.
 */
public final class ChunkCodes {
    private int[] starts_R1 = new int[1];
    private int rows;
    private int count;
    private int[] features = new int[0];
    private float[] values = new float[0];
    private float[] slopes = new float[0];
    private float[][] extras;

    /** Empty codes whose entries carry {@code extras} further gradients. */
    public ChunkCodes(int extras) {
        this.extras = new float[extras][0];
    }

    /** Forgets the rows before and makes room for {@code most} rows. */
    void begin(int most) {
        if (starts_R1.length < most + 1) {
            starts_R1 = new int[most + 1];
        }
        rows = 0;
        count = 0;
    }

    /** Makes room for {@code more} entries behind those there are. */
    void reserve(int more) {
        if (count + more > features.length) {
            int room = Math.max(count + more, features.length + features.length / 2);
            features = Arrays.copyOf(features, room);
            values = Arrays.copyOf(values, room);
            slopes = Arrays.copyOf(slopes, room);
            for (int i = 0; i < extras.length; i++) {
                extras[i] = Arrays.copyOf(extras[i], room);
            }
        }
    }

    /** Adds an entry, for which there must be room, to the current row. */
    void add(int feature, float value) {
        features[count] = feature;
        values[count++] = value;
    }

    /** Takes the next {@code more} entries as written in place, without those of value 0. */
    void keepPositive(int more) {
        int end = count + more;
        for (int i = count; i < end; i++) {
            if (values[i] > 0) {
                features[count] = features[i];
                values[count++] = values[i];
            }
        }
    }

    /** Takes the next {@code more} entries as written in place. */
    void keep(int more) {
        count += more;
    }

    /** Ends the current row. */
    void endRow() {
        starts_R1[++rows] = count;
    }

    /** Keeps the entries for which the predicate holds. */
    void retain(EntryTest test) {
        int out = 0;
        int from = 0;
        for (int r = 0; r < rows; r++) {
            int to = starts_R1[r + 1];
            for (int i = from; i < to; i++) {
                if (test.holds(i)) {
                    features[out] = features[i];
                    values[out] = values[i];
                    slopes[out++] = slopes[i];
                }
            }
            from = to;
            starts_R1[r + 1] = out;
        }
        count = out;
    }

    /** Asks about an entry by its place. */
    @FunctionalInterface
    interface EntryTest {
        boolean holds(int entry);
    }

    /** Takes the rows whose starts and entries were written in place. */
    void take(int written) {
        rows = written;
        count = starts_R1[written];
    }

    /** Rows. */
    public int rows() {
        return rows;
    }

    /** Entries of all rows. */
    public int count() {
        return count;
    }

    /** First entry of a row; the row past the last starts at {@link #count}. */
    public int start(int row) {
        return starts_R1[row];
    }

    /** Starts of the rows; the first {@code rows + 1} count. */
    int[] starts_R() {
        return starts_R1;
    }

    /** Feature numbers; the first {@link #count} count, as in the arrays below. */
    public int[] features() {
        return features;
    }

    /** Feature values. */
    public float[] values() {
        return values;
    }

    /** Gradients with respect to the encoder's product of the entry. */
    public float[] slopes() {
        return slopes;
    }

    /** Further gradients of the entries, one array for each. */
    float[][] extras() {
        return extras;
    }
}
