package org.demur.cells;

import java.util.List;
import java.util.stream.IntStream;
import org.demur.edit.FeatureSlice;

/** Picks rows of a slice, and changes the unit that a feature is measured in. */
final class SliceRows {
    private SliceRows() {}

    /** The rows of {@code slice} for these features, in their order. */
    static FeatureSlice pick(FeatureSlice slice, List<RankedFeature> features) {
        int[] rows = features.stream()
                .mapToInt(wanted -> rowOf(slice, wanted.feature()))
                .toArray();
        return new FeatureSlice(
                slice.at(),
                IntStream.of(rows).map(row -> slice.features_M()[row]).toArray(),
                matrix(slice.w_enc_MD(), slice.size(), rows),
                vector(slice.b_enc_M(), rows),
                vector(slice.threshold_M(), rows),
                matrix(slice.w_dec_MD(), slice.size(), rows));
    }

    /**
     * The same features measured in units of {@code unit_M}: f' = f / unit and d' = unit * d, so that what a feature
     * writes stays the same. A feature whose unit is 0 writes nothing and never fires.
     */
    static FeatureSlice inUnits(FeatureSlice slice, float[] unit_M) {
        int d = slice.w_dec_MD().length / slice.size();
        float[] w_enc_MD = slice.w_enc_MD().clone();
        float[] w_dec_MD = slice.w_dec_MD().clone();
        float[] b_enc_M = slice.b_enc_M().clone();
        float[] threshold_M = slice.threshold_M().clone();
        for (int m = 0; m < slice.size(); m++) {
            float inverse = unit_M[m] > 0 ? 1 / unit_M[m] : 0;
            b_enc_M[m] *= inverse;
            // Without a unit nothing fires; minus infinity would become NaN.
            threshold_M[m] = unit_M[m] > 0 ? threshold_M[m] * inverse : 0;
            for (int i = m * d; i < (m + 1) * d; i++) {
                w_enc_MD[i] *= inverse;
                w_dec_MD[i] *= unit_M[m];
            }
        }
        return new FeatureSlice(
                slice.at(), slice.features_M(), w_enc_MD, b_enc_M, threshold_M, w_dec_MD, slice.rivals());
    }

    /** Whether all these features are there. */
    static boolean holds(FeatureSlice slice, int[] features) {
        return IntStream.of(features)
                .allMatch(wanted -> IntStream.of(slice.features_M()).anyMatch(feature -> feature == wanted));
    }

    private static int rowOf(FeatureSlice slice, int feature) {
        for (int m = 0; m < slice.size(); m++) {
            if (slice.features_M()[m] == feature) {
                return m;
            }
        }
        throw new IllegalArgumentException("Feature " + feature + " is not in the slice of layer "
                + slice.at().layer());
    }

    private static float[] vector(float[] values_M, int[] rows) {
        float[] picked = new float[rows.length];
        for (int i = 0; i < rows.length; i++) {
            picked[i] = values_M[rows[i]];
        }
        return picked;
    }

    private static float[] matrix(float[] values_MD, int size, int[] rows) {
        int d = values_MD.length / size;
        float[] picked = new float[rows.length * d];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(values_MD, rows[i] * d, picked, i * d, d);
        }
        return picked;
    }
}
