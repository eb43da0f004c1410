package org.demur.direction;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/** Sums of the residual stream over prompts, at every layer and post-instruction position, in float64. */
final class ResidualSums implements Serializable {
    private static final long serialVersionUID = 1L;

    private final double[] sum_LPD;
    private int n;

    private ResidualSums(int size) {
        sum_LPD = new double[size];
    }

    /** Nothing added yet; {@code size} is layers x positions x d. */
    static ResidualSums empty(int size) {
        return new ResidualSums(size);
    }

    /** Prompts added. */
    int n() {
        return n;
    }

    /** Adds one prompt, [layers, positions, d] row-major. */
    void add(float[] residual_LPD) {
        for (int i = 0; i < sum_LPD.length; i++) {
            sum_LPD[i] += residual_LPD[i];
        }
        n++;
    }

    /** Adds the prompts of another sum; the caller keeps a fixed order. */
    void add(ResidualSums other) {
        for (int i = 0; i < sum_LPD.length; i++) {
            sum_LPD[i] += other.sum_LPD[i];
        }
        n += other.n;
    }

    int size() {
        return sum_LPD.length;
    }

    /** Harmful minus harmless mean at every layer and position, ordered by both; the last position is -1. */
    static List<Candidate> differences(ResidualSums harmful, ResidualSums harmless, int nLayers, int positions) {
        int d = harmful.sum_LPD.length / (nLayers * positions);
        List<Candidate> candidates = new ArrayList<>();
        for (int layer = 0; layer < nLayers; layer++) {
            for (int position = 0; position < positions; position++) {
                int from = (layer * positions + position) * d;
                float[] vector_D = new float[d];
                for (int i = 0; i < d; i++) {
                    double mean = harmful.sum_LPD[from + i] / harmful.n;
                    vector_D[i] = (float) (mean - harmless.sum_LPD[from + i] / harmless.n);
                }
                candidates.add(new Candidate(layer, position - positions, DirectionKind.DIFFERENCE_IN_MEANS, vector_D));
            }
        }
        return candidates;
    }
}
