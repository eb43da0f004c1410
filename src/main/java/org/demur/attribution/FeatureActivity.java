package org.demur.attribution;

import java.io.Serializable;
import org.demur.sae.FeatureCodes;

/**
 * How often and how strongly the features of one SAE fire on a set of tokens.
 *
 * @param tokens tokens seen
 * @param active_F tokens on which each feature is above 0
 * @param max_F largest value of each feature
 */
record FeatureActivity(long tokens, long[] active_F, float[] max_F) implements Serializable {

    static FeatureActivity none(int features) {
        return new FeatureActivity(0, new long[features], new float[features]);
    }

    /** This and the codes of further tokens. */
    FeatureActivity plus(FeatureCodes codes) {
        long[] active = active_F.clone();
        float[] max = max_F.clone();
        for (int i = 0; i < codes.active(); i++) {
            int feature = codes.indices()[i];
            active[feature]++;
            max[feature] = Math.max(max[feature], codes.values()[i]);
        }
        return new FeatureActivity(tokens + codes.rows(), active, max);
    }

    /** Both together. */
    FeatureActivity plus(FeatureActivity other) {
        long[] active = active_F.clone();
        float[] max = max_F.clone();
        for (int j = 0; j < active.length; j++) {
            active[j] += other.active_F[j];
            max[j] = Math.max(max[j], other.max_F[j]);
        }
        return new FeatureActivity(tokens + other.tokens, active, max);
    }

    /** Share of tokens on which the feature is active. */
    double density(int feature) {
        return tokens == 0 ? 0 : (double) active_F[feature] / tokens;
    }

    boolean isAlive(int feature) {
        return active_F[feature] > 0;
    }
}
