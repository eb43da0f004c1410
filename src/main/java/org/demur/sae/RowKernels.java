package org.demur.sae;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums over rows of a matrix, with the order of every floating-point operation fixed: eight lanes on every machine, fused
 * multiply-add, lanes added in index order. The same inputs give the same bits on any processor with any thread count.
 *
 * <p>Legend: rows of {@code D} floats lie in one flat array; {@code at} is the offset of a row's first element.
 */
public final class RowKernels {
    /**
     * Lanes of every kernel; fixed, because the widest vector of the machine would change the order of the sums, and because
     * kernels of two widths in one process slow each other down (the compiler then no longer sees one kind of vector).
     */
    public static final int LANES = 8;

    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_256;

    private RowKernels() {}

    /** {@code target += sum over i in [from, to) of weights[i] * rows[indices[i]]}, added in index order. */
    public static void gather(RowSum sum, int[] indices, float[] weights, int from, int to) {
        int d = sum.width();
        int i = from;
        for (; i + 8 <= to; i += 8) {
            gatherEight(sum, indices, weights, i);
        }
        for (; i + 4 <= to; i += 4) {
            gatherFour(sum, indices, weights, i);
        }
        for (; i < to; i++) {
            addScaled(sum.target(), sum.at(), weights[i], sum.rows(), indices[i] * d, d);
        }
    }

    private static void gatherEight(RowSum sum, int[] indices, float[] weights, int i) {
        int d = sum.width();
        float[] rows = sum.rows();
        float[] target = sum.target();
        int at = sum.at();
        int r0 = indices[i] * d;
        int r1 = indices[i + 1] * d;
        int r2 = indices[i + 2] * d;
        int r3 = indices[i + 3] * d;
        int r4 = indices[i + 4] * d;
        int r5 = indices[i + 5] * d;
        int r6 = indices[i + 6] * d;
        int r7 = indices[i + 7] * d;
        FloatVector w0 = FloatVector.broadcast(SPECIES, weights[i]);
        FloatVector w1 = FloatVector.broadcast(SPECIES, weights[i + 1]);
        FloatVector w2 = FloatVector.broadcast(SPECIES, weights[i + 2]);
        FloatVector w3 = FloatVector.broadcast(SPECIES, weights[i + 3]);
        FloatVector w4 = FloatVector.broadcast(SPECIES, weights[i + 4]);
        FloatVector w5 = FloatVector.broadcast(SPECIES, weights[i + 5]);
        FloatVector w6 = FloatVector.broadcast(SPECIES, weights[i + 6]);
        FloatVector w7 = FloatVector.broadcast(SPECIES, weights[i + 7]);
        int bound = SPECIES.loopBound(d);
        int c = 0;
        for (; c < bound; c += LANES) {
            FloatVector acc = FloatVector.fromArray(SPECIES, target, at + c);
            acc = FloatVector.fromArray(SPECIES, rows, r0 + c).fma(w0, acc);
            acc = FloatVector.fromArray(SPECIES, rows, r1 + c).fma(w1, acc);
            acc = FloatVector.fromArray(SPECIES, rows, r2 + c).fma(w2, acc);
            acc = FloatVector.fromArray(SPECIES, rows, r3 + c).fma(w3, acc);
            acc = FloatVector.fromArray(SPECIES, rows, r4 + c).fma(w4, acc);
            acc = FloatVector.fromArray(SPECIES, rows, r5 + c).fma(w5, acc);
            acc = FloatVector.fromArray(SPECIES, rows, r6 + c).fma(w6, acc);
            acc = FloatVector.fromArray(SPECIES, rows, r7 + c).fma(w7, acc);
            acc.intoArray(target, at + c);
        }
        gatherRest(sum, indices, weights, i, c);
    }

    /** The columns from {@code c} on of eight rows, which fill no vector. */
    private static void gatherRest(RowSum sum, int[] indices, float[] weights, int i, int from) {
        for (int c = from; c < sum.width(); c++) {
            float acc = sum.target()[sum.at() + c];
            for (int n = 0; n < 8; n++) {
                acc = Math.fma(sum.rows()[indices[i + n] * sum.width() + c], weights[i + n], acc);
            }
            sum.target()[sum.at() + c] = acc;
        }
    }

    private static void gatherFour(RowSum sum, int[] indices, float[] weights, int i) {
        int d = sum.width();
        float[] rows = sum.rows();
        float[] target = sum.target();
        int at = sum.at();
        int r0 = indices[i] * d;
        int r1 = indices[i + 1] * d;
        int r2 = indices[i + 2] * d;
        int r3 = indices[i + 3] * d;
        FloatVector w0 = FloatVector.broadcast(SPECIES, weights[i]);
        FloatVector w1 = FloatVector.broadcast(SPECIES, weights[i + 1]);
        FloatVector w2 = FloatVector.broadcast(SPECIES, weights[i + 2]);
        FloatVector w3 = FloatVector.broadcast(SPECIES, weights[i + 3]);
        int bound = SPECIES.loopBound(d);
        int c = 0;
        for (; c < bound; c += LANES) {
            FloatVector acc = FloatVector.fromArray(SPECIES, target, at + c);
            acc = FloatVector.fromArray(SPECIES, rows, r0 + c).fma(w0, acc);
            acc = FloatVector.fromArray(SPECIES, rows, r1 + c).fma(w1, acc);
            acc = FloatVector.fromArray(SPECIES, rows, r2 + c).fma(w2, acc);
            acc = FloatVector.fromArray(SPECIES, rows, r3 + c).fma(w3, acc);
            acc.intoArray(target, at + c);
        }
        for (; c < d; c++) {
            float acc = Math.fma(rows[r0 + c], weights[i], target[at + c]);
            acc = Math.fma(rows[r1 + c], weights[i + 1], acc);
            acc = Math.fma(rows[r2 + c], weights[i + 2], acc);
            target[at + c] = Math.fma(rows[r3 + c], weights[i + 3], acc);
        }
    }

    /** {@code target[at..] += weight * source[from..]} over {@code d} elements. */
    public static void addScaled(float[] target, int at, float weight, float[] source, int from, int d) {
        FloatVector w = FloatVector.broadcast(SPECIES, weight);
        int bound = SPECIES.loopBound(d);
        int c = 0;
        for (; c < bound; c += LANES) {
            FloatVector.fromArray(SPECIES, source, from + c)
                    .fma(w, FloatVector.fromArray(SPECIES, target, at + c))
                    .intoArray(target, at + c);
        }
        for (; c < d; c++) {
            target[at + c] = Math.fma(source[from + c], weight, target[at + c]);
        }
    }

    /** {@code target[at..] = scale * source[at..] - bias} over {@code bias.length} elements, where the source is bfloat16 bits. */
    public static void centre(short[] source, float scale, float[] bias, float[] target, int at) {
        FloatVector factor = FloatVector.broadcast(SPECIES, scale);
        int bound = SPECIES.loopBound(bias.length);
        int c = 0;
        for (; c < bound; c += LANES) {
            FloatVector stored = ((IntVector) ShortVector.fromArray(ShortVector.SPECIES_128, source, at + c)
                            .convertShape(VectorOperators.S2I, IntVector.SPECIES_256, 0))
                    .lanewise(VectorOperators.LSHL, Float.SIZE - Short.SIZE)
                    .reinterpretAsFloats();
            stored.fma(factor, FloatVector.fromArray(SPECIES, bias, c).neg()).intoArray(target, at + c);
        }
        for (; c < bias.length; c++) {
            target[at + c] = Math.fma(Float.intBitsToFloat(source[at + c] << 16), scale, -bias[c]);
        }
    }

    /** {@code row *= factor} over {@code d} elements. */
    public static void scale(float[] row, int at, float factor, int d) {
        int bound = SPECIES.loopBound(d);
        int c = 0;
        for (; c < bound; c += LANES) {
            FloatVector.fromArray(SPECIES, row, at + c).mul(factor).intoArray(row, at + c);
        }
        for (; c < d; c++) {
            row[at + c] *= factor;
        }
    }

    /** The dot product of two rows; {@code lanes} is scratch of {@link #LANES} floats. */
    public static float dot(float[] a, int aAt, float[] b, int bAt, int d, float[] lanes) {
        FloatVector even = FloatVector.zero(SPECIES);
        FloatVector odd = FloatVector.zero(SPECIES);
        int c = 0;
        for (; c + 2 * LANES <= d; c += 2 * LANES) {
            even = FloatVector.fromArray(SPECIES, a, aAt + c).fma(FloatVector.fromArray(SPECIES, b, bAt + c), even);
            odd = FloatVector.fromArray(SPECIES, a, aAt + c + LANES)
                    .fma(FloatVector.fromArray(SPECIES, b, bAt + c + LANES), odd);
        }
        even.add(odd).intoArray(lanes, 0);
        float sum = sumOfLanes(lanes, 0);
        for (; c < d; c++) {
            sum = Math.fma(a[aAt + c], b[bAt + c], sum);
        }
        return sum;
    }

    /**
     * Dot products of {@code vector[at..]} with the rows {@code indices[from..to)} of {@code rows}, into {@code out} at the
     * same positions; {@code lanes} is scratch of four times {@link #LANES} floats.
     */
    public static void dots(RowSum sum, int[] indices, int from, int to, float[] out, float[] lanes) {
        int d = sum.width();
        int i = from;
        for (; i + 4 <= to; i += 4) {
            dotFour(sum, indices, i, out, lanes);
        }
        for (; i < to; i++) {
            out[i] = dotRow(sum, indices[i] * d, lanes);
        }
    }

    private static void dotFour(RowSum sum, int[] indices, int i, float[] out, float[] lanes) {
        int d = sum.width();
        float[] rows = sum.rows();
        float[] vector = sum.target();
        int at = sum.at();
        int r0 = indices[i] * d;
        int r1 = indices[i + 1] * d;
        int r2 = indices[i + 2] * d;
        int r3 = indices[i + 3] * d;
        FloatVector s0 = FloatVector.zero(SPECIES);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        int bound = SPECIES.loopBound(d);
        for (int c = 0; c < bound; c += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, vector, at + c);
            s0 = FloatVector.fromArray(SPECIES, rows, r0 + c).fma(v, s0);
            s1 = FloatVector.fromArray(SPECIES, rows, r1 + c).fma(v, s1);
            s2 = FloatVector.fromArray(SPECIES, rows, r2 + c).fma(v, s2);
            s3 = FloatVector.fromArray(SPECIES, rows, r3 + c).fma(v, s3);
        }
        s0.intoArray(lanes, 0);
        s1.intoArray(lanes, LANES);
        s2.intoArray(lanes, 2 * LANES);
        s3.intoArray(lanes, 3 * LANES);
        for (int r = 0; r < 4; r++) {
            int row = indices[i + r] * d;
            float total = sumOfLanes(lanes, r * LANES);
            for (int c = bound; c < d; c++) {
                total = Math.fma(rows[row + c], vector[at + c], total);
            }
            out[i + r] = total;
        }
    }

    /** The dot product of {@code sum.target[at..]} with the row of {@code sum.rows} at {@code row}, as {@link #dots} gives it. */
    public static float dotRow(RowSum sum, int row, float[] lanes) {
        int d = sum.width();
        int bound = SPECIES.loopBound(d);
        FloatVector s0 = FloatVector.zero(SPECIES);
        for (int c = 0; c < bound; c += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, sum.target(), sum.at() + c);
            s0 = FloatVector.fromArray(SPECIES, sum.rows(), row + c).fma(v, s0);
        }
        s0.intoArray(lanes, 0);
        float total = sumOfLanes(lanes, 0);
        for (int c = bound; c < d; c++) {
            total = Math.fma(sum.rows()[row + c], sum.target()[sum.at() + c], total);
        }
        return total;
    }

    private static float sumOfLanes(float[] lanes, int at) {
        float low = (lanes[at] + lanes[at + 1]) + (lanes[at + 2] + lanes[at + 3]);
        float high = (lanes[at + 4] + lanes[at + 5]) + (lanes[at + 6] + lanes[at + 7]);
        return low + high;
    }

    /** Scales a row to Euclidean norm 1; a zero row stays zero. */
    public static void normalise(float[] row, int at, int d, float[] lanes) {
        float square = dot(row, at, row, at, d, lanes);
        if (square > 0) {
            scale(row, at, (float) (1 / Math.sqrt(square)), d);
        }
    }

    /**
     * A target row and the matrix whose rows are added to it or multiplied with it.
     *
     * @param target array that holds the single row
     * @param at offset of that row
     * @param rows matrix of rows
     * @param width floats in a row
     */
    public record RowSum(float[] target, int at, float[] rows, int width) {}
}
