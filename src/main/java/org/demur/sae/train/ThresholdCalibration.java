package org.demur.sae.train;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.demur.sae.OrderStatistic;
import org.demur.sae.WorkCrew;

/**
 * The one height for all features that a wanted number of pre-activations exceed, on average over a sample of rows: edits treat
 * each feature on its own, so they need a threshold in place of a ranking.
 * Exact and independent of threads.
 */
public final class ThresholdCalibration {
    /** Thresholds below count as this one, so that ratios to them stay finite. */
    private static final float LEAST_UNIT = 1e-6f;

    private final TrainingWeights weights;
    private final Objective.InputBias inputBias;
    private final WorkCrew crew;

    /** A calibration of these weights. */
    public ThresholdCalibration(TrainingWeights weights, Objective.InputBias inputBias, WorkCrew crew) {
        this.weights = weights;
        this.inputBias = inputBias;
        this.crew = crew;
    }

    /** The threshold for mean L0 = {@code k} over the rows of {@code x_NI} (scaled space); 0 if fewer are positive at all. */
    public float threshold(float[] x_NI, double k) {
        return exceeded(x_NI, k, new float[0]);
    }

    /** The factor by which thresholds of all features must change for mean L0 = {@code k}; 0 if fewer are positive at all. */
    public float factor(float[] x_NI, double k, float[] threshold_F) {
        float[] unit_F = new float[threshold_F.length];
        for (int j = 0; j < unit_F.length; j++) {
            unit_F[j] = Math.max(LEAST_UNIT, threshold_F[j]);
        }
        return exceeded(x_NI, k, unit_F);
    }

    /** The same for pre-activations in units of every feature, which are 1 if none are given. */
    private float exceeded(float[] x_NI, double k, float[] unit_F) {
        long wanted = (long) (k * (x_NI.length / weights.shape().input()));
        float[] centred = centred(x_NI);
        return OrderStatistic.exceededBy(wanted, half -> counts(centred, unit_F, half));
    }

    private float[] centred(float[] x_NI) {
        if (inputBias == Objective.InputBias.NONE) {
            return x_NI;
        }
        float[] centred = x_NI.clone();
        float[] b_dec = weights.b_dec();
        for (int i = 0; i < centred.length; i++) {
            centred[i] -= b_dec[i % b_dec.length];
        }
        return centred;
    }

    /** How often each upper half of bits occurs among positive pre-activations, or each lower half within {@code bucket}. */
    private long[] counts(float[] x_NI, float[] unit_F, int bucket) {
        int width = weights.shape().input();
        int rows = x_NI.length / width;
        int chunkRows = weights.encoder().chunkRows();
        EncoderProducts.Chunk[] chunks = IntStream.range(0, crew.threads())
                .mapToObj(slot -> weights.encoder().chunk())
                .toArray(EncoderProducts.Chunk[]::new);
        long[][] counts = new long[crew.threads()][OrderStatistic.HALF];
        float[][] row_F = new float[crew.threads()][weights.features()];
        try {
            crew.run((rows + chunkRows - 1) / chunkRows, (part, slot) -> {
                int from = part * chunkRows;
                int count = Math.min(chunkRows, rows - from);
                chunks[slot].multiply(x_NI, from * width, count);
                for (int r = 0; r < count; r++) {
                    chunks[slot].load(r, row_F[slot]);
                    divide(row_F[slot], unit_F);
                    count(row_F[slot], bucket, counts[slot]);
                }
            });
        } finally {
            Arrays.stream(chunks).forEach(EncoderProducts.Chunk::close);
        }
        for (int slot = 1; slot < counts.length; slot++) {
            for (int i = 0; i < OrderStatistic.HALF; i++) {
                counts[0][i] += counts[slot][i];
            }
        }
        return counts[0];
    }

    private static void divide(float[] row_F, float[] unit_F) {
        for (int j = 0; j < unit_F.length; j++) {
            row_F[j] /= unit_F[j];
        }
    }

    private static void count(float[] row_F, int bucket, long[] counts) {
        for (float h : row_F) {
            int bits = Float.floatToRawIntBits(h);
            if (bits > 0 && bucket < 0) {
                counts[bits >>> 16]++;
            } else if (bits > 0 && bits >>> 16 == bucket) {
                counts[bits & OrderStatistic.HALF - 1]++;
            }
        }
    }
}
