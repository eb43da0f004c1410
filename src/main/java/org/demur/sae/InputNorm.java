package org.demur.sae;

import java.io.Serializable;

/**
 * A rescaling of every row by numbers of its own, undone on the reconstruction; a constant scale is no case of it, because it is
 * folded into the weights.
 *
 * <p>Legend: {@code B} rows of {@code D} elements.
 */
public sealed interface InputNorm extends Serializable {
    /** The numbers of the row of {@code d} elements from {@code at}. */
    RowScale of(float[] x_BD, int at, int d);

    /**
     * A row's numbers: x enters as (x - offset) * in and x' leaves as x' * out + offset.
     *
     * @param offset subtracted first, added last
     * @param in factor of the input
     * @param out factor of the reconstruction
     */
    record RowScale(float offset, float in, float out) {
        private static final RowScale NONE = new RowScale(0, 1, 1);
    }

    /** Rows enter as they are. */
    record None() implements InputNorm {
        @Override
        public RowScale of(float[] x_BD, int at, int d) {
            return RowScale.NONE;
        }
    }

    /**
     * x becomes (x - mean) / (s + epsilon) and x' becomes x' s + mean, with the mean and the unbiased standard deviation s of the
     * row's elements: {@code layer_norm} of SAELens and of OpenAI's dictionaries.
     */
    record Standardise(float epsilon) implements InputNorm {
        /** The constant of both libraries. */
        public static final float EPSILON = 1e-5f;

        @Override
        public RowScale of(float[] x_BD, int at, int d) {
            double mean = 0;
            for (int i = at; i < at + d; i++) {
                mean += x_BD[i];
            }
            mean /= d;
            double deviation = Math.sqrt(squares(x_BD, at, d, mean) / (d - 1));
            return new RowScale((float) mean, (float) (1 / (deviation + epsilon)), (float) deviation);
        }
    }

    /** x becomes c x and x' becomes x' / c with c = sqrt(D) / |x|: {@code constant_norm_rescale} of SAELens; 0 stays 0. */
    record UnitMeanSquare() implements InputNorm {
        @Override
        public RowScale of(float[] x_BD, int at, int d) {
            double squares = squares(x_BD, at, d, 0);
            if (squares == 0) {
                return RowScale.NONE;
            }
            double scale = Math.sqrt(d / squares);
            return new RowScale(0, (float) scale, (float) (1 / scale));
        }
    }

    private static double squares(float[] x_BD, int at, int d, double mean) {
        double sum = 0;
        for (int i = at; i < at + d; i++) {
            double distance = x_BD[i] - mean;
            sum += distance * distance;
        }
        return sum;
    }
}
