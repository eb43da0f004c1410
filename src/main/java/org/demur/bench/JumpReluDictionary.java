package org.demur.bench;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.demur.edit.HookPoint;
import org.demur.sae.Activation;
import org.demur.sae.RowKernels;
import org.demur.sae.Sae;
import org.demur.sae.SaeFacts;
import org.demur.sae.SaeInput;

/** Random dictionaries: decoder rows of length 1, encoder rows equal to them, and one threshold for all features. */
final class JumpReluDictionary {
    /** Share of (token, feature) pairs that the threshold leaves silent. */
    private static final double SILENT = 0.97;

    private static final int TOKENS = 64;

    private final int width;
    private final int features;

    JumpReluDictionary(int width, int features) {
        this.width = width;
        this.features = features;
    }

    /** A dictionary whose features are silent at that share of the first rows given. */
    Sae make(HookPoint at, float[] x_BD) {
        SplittableRandom random = new SplittableRandom(at.layer());
        RandomFeatures rows = new RandomFeatures(width, 0);
        float[] w_FD = new float[features * width];
        for (int j = 0; j < features; j++) {
            System.arraycopy(rows.unit(random), 0, w_FD, j * width, width);
        }
        float[] threshold_F = new float[features];
        Arrays.fill(threshold_F, threshold(w_FD, x_BD));
        SaeFacts facts = new SaeFacts(at, new Activation.Threshold(threshold_F), SaeInput.plain());
        return new Sae(facts, w_FD, new float[features], w_FD.clone(), new float[width]);
    }

    private float threshold(float[] w_FD, float[] x_BD) {
        // The first token's stream is many times as long as the others'.
        int tokens = Math.min(TOKENS, x_BD.length / width - 1);
        float[] heights = new float[tokens * features];
        float[] lanes = new float[RowKernels.LANES];
        for (int t = 0; t < tokens; t++) {
            for (int j = 0; j < features; j++) {
                heights[t * features + j] = RowKernels.dot(w_FD, j * width, x_BD, (t + 1) * width, width, lanes);
            }
        }
        Arrays.sort(heights);
        return heights[(int) (SILENT * (heights.length - 1))];
    }
}
