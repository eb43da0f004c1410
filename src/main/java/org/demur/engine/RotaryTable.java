package org.demur.engine;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.demur.model.RopeSpec;

/**
 * Cosines and sines of rotary position embeddings (Su et al. 2021), in the rotate-half layout; grows on demand. Scalings
 * that look at a sequence's length have one table a regime.
 */
final class RotaryTable {
    private final RopeSpec rope;
    private final int dims;
    private final Map<Integer, Tables> byRegime = new ConcurrentHashMap<>();

    private record Tables(float[] cos, float[] sin) {}

    RotaryTable(RopeSpec rope, int dims) {
        this.rope = rope;
        this.dims = dims;
    }

    /** Rows of cosines for the given positions of sequences of that length, [N, R]. */
    float[] cos(int[] positions, int sequenceLength) {
        return gather(upTo(positions, sequenceLength).cos, positions);
    }

    /** Rows of sines for the given positions of sequences of that length, [N, R]. */
    float[] sin(int[] positions, int sequenceLength) {
        return gather(upTo(positions, sequenceLength).sin, positions);
    }

    private float[] gather(float[] table, int[] positions) {
        float[] rows = new float[positions.length * dims];
        for (int n = 0; n < positions.length; n++) {
            System.arraycopy(table, positions[n] * dims, rows, n * dims, dims);
        }
        return rows;
    }

    private Tables upTo(int[] positions, int sequenceLength) {
        int needed = 0;
        for (int position : positions) {
            needed = Math.max(needed, position + 1);
        }
        int regime = rope.regime(sequenceLength);
        Tables current = byRegime.get(regime);
        if (current == null || current.cos.length < needed * dims) {
            current = compute(Integer.highestOneBit(Math.max(64, needed)) * 2, sequenceLength);
            byRegime.put(regime, current);
        }
        return current;
    }

    private Tables compute(int positions, int sequenceLength) {
        double[] frequencies = rope.inverseFrequencies(dims, sequenceLength);
        double amplitude = rope.amplitude(sequenceLength);
        float[] cos = new float[positions * dims];
        float[] sin = new float[positions * dims];
        int half = dims / 2;
        for (int position = 0; position < positions; position++) {
            for (int i = 0; i < half; i++) {
                // Frequency and angle are rounded to fp32 as in the reference implementation.
                double angle = position * (float) frequencies[i];
                int at = position * dims + i;
                cos[at] = (float) (Math.cos(angle) * amplitude);
                sin[at] = (float) (Math.sin(angle) * amplitude);
                cos[at + half] = cos[at];
                sin[at + half] = sin[at];
            }
        }
        return new Tables(cos, sin);
    }
}
