package org.demur.activations;

import java.io.Serializable;

/**
 * A sum of vectors in fixed point, so that the order of the terms does not matter: each value is rounded to a multiple
 * of 2^-24 and added as a whole number. Fails rather than overflows.
 */
final class VectorSum implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final double SCALE = 1L << 24;

    private final long[] sum_D;
    private long count;

    VectorSum(int d) {
        sum_D = new long[d];
    }

    void add(float[] x_D) {
        for (int i = 0; i < sum_D.length; i++) {
            sum_D[i] = Math.addExact(sum_D[i], Math.round(x_D[i] * SCALE));
        }
        count++;
    }

    VectorSum plus(VectorSum other) {
        VectorSum both = new VectorSum(sum_D.length);
        for (int i = 0; i < sum_D.length; i++) {
            both.sum_D[i] = Math.addExact(sum_D[i], other.sum_D[i]);
        }
        both.count = count + other.count;
        return both;
    }

    float[] mean() {
        float[] mean_D = new float[sum_D.length];
        for (int i = 0; i < mean_D.length; i++) {
            mean_D[i] = (float) (sum_D[i] / SCALE / count);
        }
        return mean_D;
    }
}
