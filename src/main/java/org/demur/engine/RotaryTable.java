package org.demur.engine;

import org.demur.model.ModelConfig;

/** Cosines and sines of rotary position embeddings (Su et al. 2021), in the rotate-half layout; grows on demand. */
final class RotaryTable {
    private final float[] inverseFrequencies;
    private final int headDim;
    private volatile Tables tables = new Tables(new float[0], new float[0]);

    private record Tables(float[] cos, float[] sin) {}

    RotaryTable(ModelConfig config) {
        headDim = config.attention().headDim();
        double[] frequencies = config.layers().get(0).rope().inverseFrequencies(headDim, config.maxPositions());
        inverseFrequencies = new float[frequencies.length];
        for (int i = 0; i < frequencies.length; i++) {
            inverseFrequencies[i] = (float) frequencies[i];
        }
    }

    /** Rows of cosines for the given positions, [N, HD]. */
    float[] cos(int[] positions) {
        return gather(upTo(positions).cos, positions);
    }

    /** Rows of sines for the given positions, [N, HD]. */
    float[] sin(int[] positions) {
        return gather(upTo(positions).sin, positions);
    }

    private float[] gather(float[] table, int[] positions) {
        float[] rows = new float[positions.length * headDim];
        for (int n = 0; n < positions.length; n++) {
            System.arraycopy(table, positions[n] * headDim, rows, n * headDim, headDim);
        }
        return rows;
    }

    private Tables upTo(int[] positions) {
        int needed = 0;
        for (int position : positions) {
            needed = Math.max(needed, position + 1);
        }
        Tables current = tables;
        if (current.cos.length < needed * headDim) {
            current = compute(Integer.highestOneBit(Math.max(64, needed)) * 2);
            tables = current;
        }
        return current;
    }

    private Tables compute(int positions) {
        float[] cos = new float[positions * headDim];
        float[] sin = new float[positions * headDim];
        int half = headDim / 2;
        for (int position = 0; position < positions; position++) {
            for (int i = 0; i < half; i++) {
                // The angle is rounded to fp32 as in the reference implementation.
                double angle = position * inverseFrequencies[i];
                int at = position * headDim + i;
                cos[at] = (float) Math.cos(angle);
                sin[at] = (float) Math.sin(angle);
                cos[at + half] = cos[at];
                sin[at + half] = sin[at];
            }
        }
        return new Tables(cos, sin);
    }
}
