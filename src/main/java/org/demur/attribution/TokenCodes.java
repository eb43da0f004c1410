package org.demur.attribution;

import java.util.Arrays;
import org.demur.sae.FeatureCodes;
import org.demur.sae.SaeEncoder;

/**
 * The features of several prompts' tokens, sparse.
 *
 * @param codes a row a token, prompt after prompt
 * @param first_P1 first row of each prompt, and the number of rows
 */
record TokenCodes(FeatureCodes codes, int[] first_P1) {

    /** Encodes the streams of all prompts together. */
    static TokenCodes of(SaeEncoder encoder, float[][] stream_TD, int d) {
        int[] first_P1 = new int[stream_TD.length + 1];
        for (int p = 0; p < stream_TD.length; p++) {
            first_P1[p + 1] = first_P1[p] + stream_TD[p].length / d;
        }
        int rows = first_P1[stream_TD.length];
        float[] x_BD = new float[rows * d];
        for (int p = 0; p < stream_TD.length; p++) {
            System.arraycopy(stream_TD[p], 0, x_BD, first_P1[p] * d, stream_TD[p].length);
        }
        return new TokenCodes(encoder.encode(x_BD, rows), first_P1);
    }

    /** No feature at any of the same tokens: what remains when every feature is taken away. */
    TokenCodes none() {
        int rows = codes.rows();
        return new TokenCodes(new FeatureCodes(new int[rows + 1], new int[0], new float[0]), first_P1);
    }

    int tokens(int prompt) {
        return first_P1[prompt + 1] - first_P1[prompt];
    }

    int from(int prompt, int token) {
        return codes.starts_B1()[first_P1[prompt] + token];
    }

    int to(int prompt, int token) {
        return codes.starts_B1()[first_P1[prompt] + token + 1];
    }

    /** Raises each entry to the feature's largest value over the tokens of the mask. */
    void maxima(int prompt, boolean[] mask, double[] max_F) {
        for (int t = 0; t < mask.length; t++) {
            for (int i = from(prompt, t); mask[t] && i < to(prompt, t); i++) {
                int feature = codes.indices()[i];
                max_F[feature] = Math.max(max_F[feature], codes.values()[i]);
            }
        }
    }

    /** Adds each feature's values over the tokens of the mask, each times {@code weight}. */
    void sums(int prompt, boolean[] mask, double weight, double[] sum_F) {
        for (int t = 0; t < mask.length; t++) {
            for (int i = from(prompt, t); mask[t] && i < to(prompt, t); i++) {
                sum_F[codes.indices()[i]] += weight * codes.values()[i];
            }
        }
    }

    /** The codes of the tokens of all masks, one after another. */
    FeatureCodes counted(java.util.List<boolean[]> masks) {
        int[] starts = new int[codes.rows() + 1];
        int[] indices = new int[codes.active()];
        float[] values = new float[codes.active()];
        int rows = 0;
        int n = 0;
        for (int p = 0; p < masks.size(); p++) {
            for (int t = 0; t < masks.get(p).length; t++) {
                if (masks.get(p)[t]) {
                    int count = to(p, t) - from(p, t);
                    System.arraycopy(codes.indices(), from(p, t), indices, n, count);
                    System.arraycopy(codes.values(), from(p, t), values, n, count);
                    n += count;
                    starts[++rows] = n;
                }
            }
        }
        return new FeatureCodes(Arrays.copyOf(starts, rows + 1), indices, values);
    }
}
