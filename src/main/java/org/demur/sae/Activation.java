package org.demur.sae;

import java.io.Serializable;
import java.util.Arrays;

/**
 * How pre-activations h become features f.
 *
 * <p>Legend: {@code F} features.
 */
public sealed interface Activation extends Serializable {
    /** The name in the table sae_metrics. */
    String label();

    /**
     * Checks that it fits a dictionary of {@code features} features.
     *
     * @throws IllegalArgumentException if it does not
     */
    void check(int features);

    /** f = max(h, 0). */
    record Relu() implements Activation {
        @Override
        public String label() {
            return "relu";
        }

        @Override
        public void check(int features) {
            // It fits any number of features.
        }
    }

    /**
     * The {@code k} largest h of a row, among equal ones that of the lower index (Gao et al. 2024, eq. 1).
     *
     * @param k features of a row
     * @param sign whether negative ones among them count
     * @param threshold height that as many h exceed on average as are selected, for edits of single features;
     *     {@link #UNKNOWN} before it was measured
     */
    record TopK(int k, Sign sign, float threshold) implements Activation {
        /** Marks a threshold that nobody has measured. */
        public static final float UNKNOWN = Float.NaN;

        @Override
        public String label() {
            return "topk";
        }

        @Override
        public void check(int features) {
            if (k < 1 || k > features) {
                throw new IllegalArgumentException("k is " + k + ", outside 1.." + features);
            }
        }
    }

    /** What becomes of a selected h below 0. */
    enum Sign {
        /** It is set to 0. */
        RECTIFIED,
        /** It is kept. */
        KEPT
    }

    /** f = h where h exceeds max(threshold, 0), else 0: JumpReLU (Rajamanoharan et al. 2024), and BatchTopK after training. */
    record Threshold(float[] threshold_F) implements Activation {
        @Override
        public String label() {
            return "jumprelu";
        }

        @Override
        public void check(int features) {
            requireLength("threshold", threshold_F, features);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Threshold that && Arrays.equals(threshold_F, that.threshold_F);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(threshold_F);
        }

        @Override
        public String toString() {
            return "Threshold[" + threshold_F.length + "]";
        }
    }

    /**
     * f = max(h exp(r_mag) + b_mag, 0) where h + b_gate exceeds 0, else 0 (Rajamanoharan et al. 2024, eq. 6); h has no bias of
     * its own.
     */
    record Gated(float[] b_gate_F, float[] r_mag_F, float[] b_mag_F) implements Activation {
        @Override
        public String label() {
            return "gated";
        }

        /** exp(r_mag), in fp32. */
        public float[] magnitudes() {
            float[] magnitude_F = new float[r_mag_F.length];
            for (int j = 0; j < magnitude_F.length; j++) {
                magnitude_F[j] = (float) Math.exp(r_mag_F[j]);
            }
            return magnitude_F;
        }

        @Override
        public void check(int features) {
            requireLength("b_gate", b_gate_F, features);
            requireLength("r_mag", r_mag_F, features);
            requireLength("b_mag", b_mag_F, features);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Gated that
                    && Arrays.equals(b_gate_F, that.b_gate_F)
                    && Arrays.equals(r_mag_F, that.r_mag_F)
                    && Arrays.equals(b_mag_F, that.b_mag_F);
        }

        @Override
        public int hashCode() {
            return 31 * (31 * Arrays.hashCode(b_gate_F) + Arrays.hashCode(r_mag_F)) + Arrays.hashCode(b_mag_F);
        }

        @Override
        public String toString() {
            return "Gated[" + b_gate_F.length + "]";
        }
    }

    /**
     * The largest h of every group of consecutive features, rectified.
     *
     * @param groups number of groups, all of one size
     * @param threshold as of {@link TopK}
     */
    record GroupMax(int groups, float threshold) implements Activation {
        @Override
        public String label() {
            return "groupmax";
        }

        @Override
        public void check(int features) {
            if (groups < 1 || groups > features || features % groups != 0) {
                throw new IllegalArgumentException(
                        "k is " + groups + ", which does not divide " + features + " features into groups");
            }
        }
    }

    private static void requireLength(String name, float[] values_F, int features) {
        if (values_F.length != features) {
            throw new IllegalArgumentException(
                    name + " has " + values_F.length + " elements for " + features + " features");
        }
    }
}
