package org.demur.sae.train;

import org.demur.sae.SparseCodes;

/**
 * The codes of a shard turned round: for every feature its tokens in token order, with value and slope. A counting sort, so
 * the order is fixed. Silenced entries (value 0) carry no gradient and are left out.
 *
 * @param starts_F1 first entry of every feature, [F + 1]
 * @param tokens rows of the shard
 * @param values feature values
 * @param slopes gradients with respect to the pre-activations
 */
record FeatureLists(int[] starts_F1, int[] tokens, float[] values, float[] slopes) {
    static FeatureLists of(SparseCodes codes, float[] slopes_BK, int features) {
        int[] starts = new int[features + 1];
        float[] values_BK = codes.values_BK();
        int[] indices_BK = codes.indices_BK();
        for (int i = 0; i < values_BK.length; i++) {
            if (values_BK[i] > 0) {
                starts[indices_BK[i] + 1]++;
            }
        }
        for (int j = 0; j < features; j++) {
            starts[j + 1] += starts[j];
        }
        FeatureLists lists = new FeatureLists(
                starts, new int[starts[features]], new float[starts[features]], new float[starts[features]]);
        lists.place(codes, slopes_BK);
        return lists;
    }

    private void place(SparseCodes codes, float[] slopes_BK) {
        int[] next = starts_F1.clone();
        int k = codes.k();
        for (int row = 0; row < codes.rows(); row++) {
            for (int i = row * k; i < row * k + k; i++) {
                if (codes.values_BK()[i] > 0) {
                    int at = next[codes.indices_BK()[i]]++;
                    tokens[at] = row;
                    values[at] = codes.values_BK()[i];
                    slopes[at] = slopes_BK[i];
                }
            }
        }
    }

    int count(int feature) {
        return starts_F1[feature + 1] - starts_F1[feature];
    }
}
