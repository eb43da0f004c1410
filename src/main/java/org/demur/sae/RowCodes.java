package org.demur.sae;

import java.nio.FloatBuffer;

/**
 * Turns rows of products W_enc x into codes, as the activation of a dictionary says; used by one thread at a time.
 *
 * <p>Legend: {@code F} features, {@code R} rows.
 */
sealed interface RowCodes {
    /** Appends the features of the row at {@code at} and ends the row. */
    void append(FloatBuffer product_RF, int at, FeatureCodes.Builder codes);

    /** Features of a row to make room for. */
    int perRow();

    /** The rule of this dictionary. */
    static RowCodes of(Sae sae) {
        Activation activation = sae.facts().activation();
        float[] b_enc_F = sae.b_enc_F();
        if (activation instanceof Activation.TopK topK) {
            return new Largest(topK, b_enc_F);
        }
        if (activation instanceof Activation.Gated gated) {
            return new TwoPaths(gated);
        }
        if (activation instanceof Activation.GroupMax groupMax) {
            return new Winners(groupMax.groups(), b_enc_F);
        }
        return new Exceeding(
                b_enc_F,
                activation instanceof Activation.Threshold threshold
                        ? threshold.threshold_F()
                        : new float[b_enc_F.length]);
    }

    /** TopK. */
    final class Largest implements RowCodes {
        private final Activation.TopK topK;
        private final float[] b_enc_F;
        private final TopKSelection selection;
        private final int[] indices;
        private final float[] values;

        Largest(Activation.TopK topK, float[] b_enc_F) {
            this.topK = topK;
            this.b_enc_F = b_enc_F;
            this.selection = new TopKSelection(b_enc_F.length, topK.k());
            this.indices = new int[topK.k()];
            this.values = new float[topK.k()];
        }

        @Override
        public void append(FloatBuffer product_RF, int at, FeatureCodes.Builder codes) {
            selection.load(product_RF, at, b_enc_F);
            selection.select(indices, values, 0);
            for (int i = 0; i < indices.length; i++) {
                float f = topK.sign() == Activation.Sign.KEPT ? selection.row()[indices[i]] : values[i];
                if (f != 0) {
                    codes.add(indices[i], f);
                }
            }
            codes.endRow();
        }

        @Override
        public int perRow() {
            return topK.k();
        }
    }

    /** ReLU and JumpReLU. */
    final class Exceeding implements RowCodes {
        private static final int EXPECTED = 64;

        private final float[] b_enc_F;
        private final float[] floor_F;
        private final float[] h_F;

        Exceeding(float[] b_enc_F, float[] threshold_F) {
            this.b_enc_F = b_enc_F;
            this.h_F = new float[b_enc_F.length];
            this.floor_F = new float[b_enc_F.length];
            for (int j = 0; j < floor_F.length; j++) {
                floor_F[j] = Math.max(threshold_F[j], 0);
            }
        }

        @Override
        public void append(FloatBuffer product_RF, int at, FeatureCodes.Builder codes) {
            product_RF.get(at, h_F);
            for (int j = 0; j < h_F.length; j++) {
                float h = h_F[j] + b_enc_F[j];
                if (h > floor_F[j]) {
                    codes.add(j, h);
                }
            }
            codes.endRow();
        }

        @Override
        public int perRow() {
            return Math.min(EXPECTED, h_F.length);
        }
    }

    /** Gated. */
    final class TwoPaths implements RowCodes {
        private final Activation.Gated gated;
        private final float[] magnitude_F;
        private final float[] h_F;

        TwoPaths(Activation.Gated gated) {
            this.gated = gated;
            this.h_F = new float[gated.r_mag_F().length];
            this.magnitude_F = gated.magnitudes();
        }

        @Override
        public void append(FloatBuffer product_RF, int at, FeatureCodes.Builder codes) {
            product_RF.get(at, h_F);
            for (int j = 0; j < h_F.length; j++) {
                float f = h_F[j] * magnitude_F[j] + gated.b_mag_F()[j];
                if (h_F[j] + gated.b_gate_F()[j] > 0 && f > 0) {
                    codes.add(j, f);
                }
            }
            codes.endRow();
        }

        @Override
        public int perRow() {
            return Math.min(Exceeding.EXPECTED, h_F.length);
        }
    }

    /** GroupMax. */
    final class Winners implements RowCodes {
        private final int groups;
        private final float[] b_enc_F;
        private final float[] h_F;

        Winners(int groups, float[] b_enc_F) {
            this.groups = groups;
            this.b_enc_F = b_enc_F;
            this.h_F = new float[b_enc_F.length];
        }

        @Override
        public void append(FloatBuffer product_RF, int at, FeatureCodes.Builder codes) {
            product_RF.get(at, h_F);
            int size = h_F.length / groups;
            for (int group = 0; group < groups; group++) {
                int winner = group * size;
                float most = 0;
                for (int j = group * size; j < (group + 1) * size; j++) {
                    float h = h_F[j] + b_enc_F[j];
                    if (h > most) {
                        winner = j;
                        most = h;
                    }
                }
                if (most > 0) {
                    codes.add(winner, most);
                }
            }
            codes.endRow();
        }

        @Override
        public int perRow() {
            return groups;
        }
    }
}
