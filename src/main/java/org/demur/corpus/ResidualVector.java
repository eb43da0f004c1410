package org.demur.corpus;

import org.demur.schema.VectorDtype;

/** Row {@code t} of a [T, d] array of the residual stream. */
public record ResidualVector(float[] x_TD, int t, int d) {
    /** Euclidean length, summed in float64; not finite exactly if a value is not, or the sum overflows. */
    public float norm() {
        double squares = 0;
        for (int i = t * d; i < (t + 1) * d; i++) {
            squares += (double) x_TD[i] * x_TD[i];
        }
        return (float) Math.sqrt(squares);
    }

    /** The values as bytes. */
    public byte[] encoded(VectorDtype dtype) {
        return dtype.encode(x_TD, t * d, d);
    }
}
