package org.demur.sae;

import java.util.Arrays;
import org.demur.edit.FeatureSlice;
import org.demur.edit.Rivals;

/**
 * What the features of a slice are on rows of the stream, in plain Java.
 *
 * <p>Legend: {@code T} rows, {@code D} width, {@code M} features of the slice, {@code F} features of its dictionary.
 */
public final class SliceReading {
    private final FeatureSlice slice;
    private final int d;
    private final float[] lanes = new float[RowKernels.LANES];

    private SliceReading(FeatureSlice slice) {
        this.slice = slice;
        this.d = slice.w_enc_MD().length / slice.size();
    }

    /** Activations [T, M] row-major of the rows {@code x_TD}. */
    public static float[] of(FeatureSlice slice, float[] x_TD) {
        return new SliceReading(slice).read(x_TD);
    }

    private float[] read(float[] x_TD) {
        int rows = x_TD.length / d;
        float[] f_TM = new float[rows * slice.size()];
        for (int t = 0; t < rows; t++) {
            float[] bar_M = bars(x_TD, t * d);
            for (int m = 0; m < slice.size(); m++) {
                float h = product(slice.w_enc_MD(), m, x_TD, t * d) + slice.b_enc_M()[m];
                f_TM[t * slice.size() + m] = h > bar_M[m] ? h : 0;
            }
        }
        return f_TM;
    }

    private float product(float[] w_D, int row, float[] x_TD, int at) {
        return RowKernels.dot(w_D, row * d, x_TD, at, d, lanes);
    }

    /** What each feature must exceed on one row; infinity where a rival is larger. */
    private float[] bars(float[] x_TD, int at) {
        float[] bar_M = slice.threshold_M().clone();
        if (slice.rivals() instanceof Rivals.TopK top) {
            float[] h_F = preActivations(top.w_enc_FD(), top.b_enc_F(), x_TD, at);
            float[] sorted_F = h_F.clone();
            Arrays.sort(sorted_F);
            float least = sorted_F[sorted_F.length - top.k()];
            for (int m = 0; m < bar_M.length; m++) {
                bar_M[m] = h_F[slice.features_M()[m]] >= least ? bar_M[m] : Float.POSITIVE_INFINITY;
            }
        } else if (slice.rivals() instanceof Rivals.GroupMax most) {
            float[] h_F = preActivations(most.w_enc_FD(), most.b_enc_F(), x_TD, at);
            int size = h_F.length / most.groups();
            for (int m = 0; m < bar_M.length; m++) {
                int feature = slice.features_M()[m];
                int first = feature / size * size;
                for (int rival = first; rival < first + size; rival++) {
                    bar_M[m] = h_F[rival] > h_F[feature] ? Float.POSITIVE_INFINITY : bar_M[m];
                }
            }
        } else {
            for (int m = 0; m < bar_M.length; m++) {
                bar_M[m] = Math.max(bar_M[m], 0);
            }
        }
        return bar_M;
    }

    private float[] preActivations(float[] w_enc_FD, float[] b_enc_F, float[] x_TD, int at) {
        float[] h_F = new float[b_enc_F.length];
        for (int j = 0; j < h_F.length; j++) {
            h_F[j] = product(w_enc_FD, j, x_TD, at) + b_enc_F[j];
        }
        return h_F;
    }
}
