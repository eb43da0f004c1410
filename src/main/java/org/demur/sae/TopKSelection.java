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

    private final int features;
    private final int k;
    private final int groups;
    private final float[] h_F;
    private final float[] maxima_G;
    private final float[] ranked;
    private final int[] candidates;
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
        this.ranked = new float[h_F.length];
        this.candidates = new int[h_F.length];
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
        float kth = Float.NEGATIVE_INFINITY;
        int ties = k;
        if (count > k) {
            for (int i = 0; i < count; i++) {
                ranked[i] = h_F[candidates[i]];
            }
            Arrays.sort(ranked, 0, count);
            kth = ranked[count - k];
            int above = count - k;
            while (above < count && ranked[above] == kth) {
                above++;
            }
            ties = k - (count - above);
        }
        write(indices, values, at, kth, ties, count);
        guess = kth - GUESS_MARGIN * Math.abs(kth);
    }

    private void requireNumbers(int count) {
        for (int i = 0; i < count; i++) {
            if (Float.isNaN(h_F[candidates[i]])) {
                throw new ArithmeticException("A row of pre-activations holds NaN: training has diverged");
            }
        }
    }

    private void write(int[] indices, float[] values, int at, float kth, int ties, int count) {
        int out = at;
        int left = ties;
        for (int i = 0; i < count && out < at + k; i++) {
            float h = h_F[candidates[i]];
            boolean tie = h == kth && kth != Float.NEGATIVE_INFINITY;
            if (h > kth || (tie && left > 0) || kth == Float.NEGATIVE_INFINITY) {
                left -= tie ? 1 : 0;
                indices[out] = candidates[i];
                values[out++] = Math.max(h, 0);
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

    private int collect(float bound) {
        int count = 0;
        FloatVector limit = FloatVector.broadcast(SPECIES, bound);
        for (int c = 0; c < h_F.length; c += RowKernels.LANES) {
            VectorMask<Float> hit = FloatVector.fromArray(SPECIES, h_F, c)
                    .compare(VectorOperators.LT, limit)
                    .not();
            if (hit.anyTrue()) {
                for (long bits = hit.toLong(); bits != 0; bits &= bits - 1) {
                    int index = c + Long.numberOfTrailingZeros(bits);
                    candidates[count] = index;
                    count += index < features ? 1 : 0;
                }
            }
        }
        return count;
    }
}
