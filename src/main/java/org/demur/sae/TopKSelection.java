package org.demur.sae;

import java.nio.FloatBuffer;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The exact {@code k} largest elements of a row of pre-activations; among equal elements the lower index wins. Used by one
 * thread at a time.
 *
 * <p>One comparing scan against a bound leaves few candidates, which are then ranked exactly. The bound is a little below the k-th
 * largest element of the row before; where that leaves too few candidates or too many, the row is cut into strided groups, at least
 * twice as many as {@code k}, and the k-th largest of the groups' maxima is a lower bound of the k-th largest element.
 *
 * <p>Legend: {@code F} features, {@code h_F} a row padded with -infinity to a whole number of strides.
 */
public final class TopKSelection {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_256;
    private static final int MOST_CANDIDATES = 6;
    private static final float GUESS_MARGIN = 0.1f;
    private static final int QUAD = 4 * RowKernels.LANES;
    private static final int LOG2_LANES = Integer.numberOfTrailingZeros(RowKernels.LANES);
    private static final int BITS_OF_LEAST = Float.floatToRawIntBits(Float.NEGATIVE_INFINITY);

    private final int features;
    private final int k;
    private final int groups;
    private final float[] h_F;
    private final float[] maxima_G;
    private final int[] ranked;
    private final int[] candidates;
    private final int[] hits;
    private float guess = Float.NaN;

    /** A selection of {@code k} out of {@code features}. */
    public TopKSelection(int features, int k) {
        if (k < 1 || k > features) {
            throw new IllegalArgumentException("k must lie in 1.." + features + ", not " + k);
        }
        this.features = features;
        this.k = k;
        this.groups = (2 * k + QUAD - 1) / QUAD * QUAD;
        this.h_F = new float[(features + groups - 1) / groups * groups];
        Arrays.fill(h_F, features, h_F.length, Float.NEGATIVE_INFINITY);
        this.maxima_G = new float[groups];
        this.ranked = new int[h_F.length];
        this.candidates = new int[h_F.length];
        this.hits = new int[h_F.length / RowKernels.LANES];
    }

    /** The row to select from: {@code F} elements to fill before {@link #select}; elements past {@code F} are not to be touched. */
    public float[] row() {
        return h_F;
    }

    /** Elements selected. */
    public int k() {
        return k;
    }

    /** Copies a row out of {@code product} at {@code at} and adds {@code bias_F}. */
    public void load(FloatBuffer product, int at, float[] bias_F) {
        product.get(at, h_F, 0, features);
        int bound = SPECIES.loopBound(features);
        int c = 0;
        for (; c < bound; c += RowKernels.LANES) {
            FloatVector.fromArray(SPECIES, h_F, c)
                    .add(FloatVector.fromArray(SPECIES, bias_F, c))
                    .intoArray(h_F, c);
        }
        for (; c < features; c++) {
            h_F[c] += bias_F[c];
        }
    }

    /**
     * Writes the selected feature numbers, ascending, and their elements with negative ones set to 0 (the ReLU), to
     * {@code at..at+k}.
     *
     * @throws ArithmeticException when the row holds NaN
     */
    public void select(int[] indices, float[] values, int at) {
        int count = collect(guess);
        if (count < k || count > MOST_CANDIDATES * k) {
            count = collect(lowerBound());
        }
        requireNumbers(count);
        int kth = Integer.MIN_VALUE;
        int ties = k;
        if (count > k) {
            for (int i = 0; i < count; i++) {
                ranked[i] = inOrder(Float.floatToRawIntBits(h_F[candidates[i]]));
            }
            kth = ranked(count - k, count);
            for (int i = 0; i < count; i++) {
                ties -= ranked[i] > kth ? 1 : 0;
            }
        }
        write(indices, values, at, new Limit(kth, ties, count));
        float least = count > k ? Float.intBitsToFloat(inOrder(kth)) : Float.NEGATIVE_INFINITY;
        guess = least - GUESS_MARGIN * Math.abs(least);
    }

    private void requireNumbers(int count) {
        for (int i = 0; i < count; i++) {
            if (Float.isNaN(h_F[candidates[i]])) {
                throw new ArithmeticException("A row of pre-activations holds NaN: training has diverged");
            }
        }
    }

    /** What is selected of {@code count} candidates: all that rank above {@code kth}, and the first {@code ties} equal to it. */
    private record Limit(int kth, int ties, int count) {}

    /** Writes every candidate, the next one over it unless it is selected: a branch on that would often go wrong. */
    private void write(int[] indices, float[] values, int at, Limit limit) {
        int out = at;
        int left = limit.ties();
        for (int i = 0; i < limit.count() && out < at + k; i++) {
            float h = h_F[candidates[i]];
            int rank = inOrder(Float.floatToRawIntBits(h));
            indices[out] = candidates[i];
            values[out] = Math.max(h, 0);
            if (rank == limit.kth()) {
                out += left > 0 ? 1 : 0;
                left--;
            } else {
                out += (int) (limit.kth() - (long) rank >>> 63);
            }
        }
    }

    private float lowerBound() {
        for (int q = 0; q < groups; q += QUAD) {
            maximaOfQuad(q);
        }
        Arrays.sort(maxima_G);
        return maxima_G[groups - k];
    }

    private void maximaOfQuad(int q) {
        FloatVector m0 = FloatVector.fromArray(SPECIES, h_F, q);
        FloatVector m1 = FloatVector.fromArray(SPECIES, h_F, q + RowKernels.LANES);
        FloatVector m2 = FloatVector.fromArray(SPECIES, h_F, q + 2 * RowKernels.LANES);
        FloatVector m3 = FloatVector.fromArray(SPECIES, h_F, q + 3 * RowKernels.LANES);
        for (int c = q + groups; c < h_F.length; c += groups) {
            m0 = m0.max(FloatVector.fromArray(SPECIES, h_F, c));
            m1 = m1.max(FloatVector.fromArray(SPECIES, h_F, c + RowKernels.LANES));
            m2 = m2.max(FloatVector.fromArray(SPECIES, h_F, c + 2 * RowKernels.LANES));
            m3 = m3.max(FloatVector.fromArray(SPECIES, h_F, c + 3 * RowKernels.LANES));
        }
        m0.intoArray(maxima_G, q);
        m1.intoArray(maxima_G, q + RowKernels.LANES);
        m2.intoArray(maxima_G, q + 2 * RowKernels.LANES);
        m3.intoArray(maxima_G, q + 3 * RowKernels.LANES);
    }

    /**
     * Lists the elements that are not below {@code bound}. Which vectors hold any is nothing a processor can foresee, so there is
     * no branch on it: every vector is listed, and overwritten by the next unless it holds one.
     */
    private int collect(float bound) {
        int found = 0;
        FloatVector limit = FloatVector.broadcast(SPECIES, bound);
        for (int c = 0; c < h_F.length; c += RowKernels.LANES) {
            hits[found] = c;
            int below = FloatVector.fromArray(SPECIES, h_F, c)
                    .compare(VectorOperators.LT, limit)
                    .trueCount();
            found += 2 * RowKernels.LANES - 1 - below >>> LOG2_LANES;
        }
        int count = 0;
        for (int i = 0; i < found; i++) {
            count = collectHit(hits[i], limit, count);
        }
        while (count > 0 && candidates[count - 1] >= features) {
            count--;
        }
        return count;
    }

    private int collectHit(int at, FloatVector limit, int before) {
        VectorMask<Float> hit = FloatVector.fromArray(SPECIES, h_F, at)
                .compare(VectorOperators.LT, limit)
                .not();
        int count = before;
        if (hit.trueCount() == 1) {
            candidates[count] = at + hit.firstTrue();
            return count + 1;
        }
        float bound = limit.lane(0);
        for (int c = at; c < at + RowKernels.LANES; c++) {
            candidates[count] = c;
            // 1 unless the difference is negative. The bits of a NaN, whatever its sign, are above those of -infinity.
            long bits = Float.floatToRawIntBits(h_F[c] - bound);
            count += (int) (BITS_OF_LEAST - bits >>> 63);
        }
        return count;
    }

    /** Turns bits of a float to an int that orders like the float, and back. */
    private static int inOrder(int bits) {
        return bits ^ (bits >> 31 & Integer.MAX_VALUE);
    }

    /** The element of {@code ranked} that has {@code wanted} of the {@code count} elements before it in ascending order. */
    private int ranked(int wanted, int count) {
        int from = 0;
        int to = count;
        while (to - from > 1) {
            int pivot = middleOf(ranked[from], ranked[from + to >>> 1], ranked[to - 1]);
            int lows = partition(from, to, pivot);
            if (wanted < lows) {
                to = lows;
                continue;
            }
            int past = partition(lows, to, pivot + 1L);
            if (wanted < past) {
                return pivot;
            }
            from = past;
        }
        return ranked[from];
    }

    private static int middleOf(int a, int b, int c) {
        return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
    }

    /** Moves the elements below {@code pivot} to the front, without a branch, and returns where the others begin. */
    private int partition(int from, int to, long pivot) {
        int lows = from;
        for (int i = from; i < to; i++) {
            int own = ranked[i];
            ranked[i] = ranked[lows];
            ranked[lows] = own;
            lows += (int) (own - pivot >>> 63);
        }
        return lows;
    }
}
