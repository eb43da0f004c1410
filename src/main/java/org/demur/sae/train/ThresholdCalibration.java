package org.demur.sae.train;

import java.nio.FloatBuffer;
import org.demur.sae.MatrixProduct;
import org.demur.sae.WorkCrew;

/**
 * The one height for all features that as many pre-activations exceed, on average over a sample of rows, as top-k selects:
 * edits treat each feature on its own, so they need a threshold in place of the ranking.
 *
 * <p>Exact and independent of threads: positive floats order like their bits, so two passes of integer counting, first over the
 * upper and then over the lower half of the bits, find the order statistic.
 */
public final class ThresholdCalibration {
    private static final int HALF = 1 << 16;
    private static final int CHUNK_ROWS = 256;

    private final TrainingWeights weights;
    private final WorkCrew crew;

    /** A calibration of these weights. */
    public ThresholdCalibration(TrainingWeights weights, WorkCrew crew) {
        this.weights = weights;
        this.crew = crew;
    }

    /** The threshold for mean L0 = {@code k} over the rows of {@code x_ND} (scaled space); 0 if fewer are positive at all. */
    public float threshold(float[] x_ND, int k) {
        long wanted = (long) k * (x_ND.length / weights.width());
        long[] upper = counts(x_ND, -1);
        long above = 0;
        int bucket = HALF / 2 - 1;
        while (bucket >= 0 && above + upper[bucket] <= wanted) {
            above += upper[bucket--];
        }
        if (bucket < 0) {
            return 0;
        }
        long[] lower = counts(x_ND, bucket);
        int low = HALF - 1;
        while (above + lower[low] <= wanted) {
            above += lower[low--];
        }
        return Float.intBitsToFloat(bucket << 16 | low);
    }

    /** How often each upper half of bits occurs among positive pre-activations, or each lower half within {@code bucket}. */
    private long[] counts(float[] x_ND, int bucket) {
        int d = weights.width();
        int rows = x_ND.length / d;
        float[] centred = x_ND.clone();
        for (int i = 0; i < centred.length; i++) {
            centred[i] -= weights.b_dec_D()[i % d];
        }
        MatrixProduct.Chunk[] chunks = new MatrixProduct.Chunk[crew.threads()];
        long[][] counts = new long[crew.threads()][HALF];
        try {
            for (int slot = 0; slot < chunks.length; slot++) {
                chunks[slot] = weights.encoder().chunk(CHUNK_ROWS);
            }
            crew.run((rows + CHUNK_ROWS - 1) / CHUNK_ROWS, (part, slot) -> {
                int from = part * CHUNK_ROWS;
                int count = Math.min(CHUNK_ROWS, rows - from);
                chunks[slot].x_RD().put(0, centred, from * d, count * d);
                count(chunks[slot].multiply(count), count, bucket, counts[slot]);
            });
        } finally {
            for (MatrixProduct.Chunk chunk : chunks) {
                if (chunk != null) {
                    chunk.close();
                }
            }
        }
        for (int slot = 1; slot < counts.length; slot++) {
            for (int i = 0; i < HALF; i++) {
                counts[0][i] += counts[slot][i];
            }
        }
        return counts[0];
    }

    private void count(FloatBuffer h_RF, int rows, int bucket, long[] counts) {
        int features = weights.features();
        float[] row = new float[features];
        for (int r = 0; r < rows; r++) {
            h_RF.get(r * features, row);
            for (int j = 0; j < features; j++) {
                int bits = Float.floatToRawIntBits(row[j] + weights.b_enc_F()[j]);
                if (bits > 0 && bucket < 0) {
                    counts[bits >>> 16]++;
                } else if (bits > 0 && bits >>> 16 == bucket) {
                    counts[bits & HALF - 1]++;
                }
            }
        }
    }
}
