package org.demur.sae.train;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.demur.sae.RowKernels;

/**
 * Gives dead latents to inputs that are reconstructed badly (Bricken et al. 2023; dictionary_learning's
 * {@code resample_neurons}): as many inputs of the minibatch as there are dead latents are drawn without replacement, with
 * probabilities proportional to the length of their error, and each becomes the decoder row of one, at norm 1, and its encoder row,
 * at a fifth of the mean norm of living ones. Biases and the optimiser's state start anew.
 *
 * <p>Draws depend on seed, step, shard and row alone, so that every worker makes the same.
 *
 * @param everySteps steps from one draw to the next; 0 for none
 * @param seed of the draws
 */
public record Resampling(int everySteps, long seed) {
    private static final float ENCODER_SHARE = 0.2f;
    private static final long STEP = 0x9E3779B97F4A7C15L;
    private static final long SHARD = 0xBF58476D1CE4E5B9L;

    /** No resampling. */
    public static Resampling none() {
        return new Resampling(0, 0);
    }

    boolean isDue(int step) {
        return everySteps > 0 && step % everySteps == 0;
    }

    /**
     * A row that was drawn.
     *
     * @param place how early it was drawn, smaller being earlier
     * @param batch its shard
     * @param row its number there
     */
    record Drawn(double place, ShardBatch batch, int row) {}

    /** The {@code count} rows drawn in a step, or all rows with an error if they are fewer, in the order of their draw. */
    List<Drawn> draw(List<ShardBatch> batches, int step, int count) {
        List<Drawn> drawn = new ArrayList<>();
        float[] lanes = new float[RowKernels.LANES];
        for (int s = 0; s < batches.size(); s++) {
            ShardBatch batch = batches.get(s);
            SplittableRandom random = new SplittableRandom(seed + STEP * step + SHARD * (s + 1));
            int width = batch.outputWidth();
            float[] slope = batch.slopes_PBO()[batch.slopes_PBO().length - 1];
            for (int row = 0; row < batch.rows(); row++) {
                double error = Math.sqrt(RowKernels.dot(slope, row * width, slope, row * width, width, lanes));
                // Efraimidis and Spirakis 2006: the smallest waiting times make a sample without replacement.
                double place = -StrictMath.log(1 - random.nextDouble()) / error;
                if (error > 0) {
                    drawn.add(new Drawn(place, batch, row));
                }
            }
        }
        drawn.sort(Comparator.comparingDouble(Drawn::place));
        return List.copyOf(drawn.subList(0, Math.min(count, drawn.size())));
    }

    /** Mean norm of the encoder rows of latents that are not dead; to be taken before any worker changes its rows. */
    static float livingNorm(TrainingWeights weights, int[] dead) {
        RowMatrix w_enc = weights.w_enc();
        float[] lanes = new float[RowKernels.LANES];
        double sum = 0;
        int next = 0;
        for (int j = 0; j < weights.features(); j++) {
            if (next < dead.length && dead[next] == j) {
                next++;
            } else {
                float[] row = w_enc.array(j);
                sum += Math.sqrt(RowKernels.dot(row, w_enc.at(j), row, w_enc.at(j), w_enc.width(), lanes));
            }
        }
        return dead.length == weights.features() ? 1 : (float) (sum / (weights.features() - dead.length));
    }

    /** Gives a row to a feature of this worker. */
    static void revive(TrainingStep.Model model, int feature, Drawn drawn, float livingNorm) {
        TrainingWeights weights = model.weights();
        RowMatrix w_enc = weights.w_enc();
        RowMatrix w_dec = weights.w_dec();
        int width = w_enc.width();
        float[] row = w_enc.array(feature);
        int at = w_enc.at(feature);
        System.arraycopy(drawn.batch.x_BI(), drawn.row * width, row, at, width);
        if (model.objective().inputBias() == Objective.InputBias.NONE) {
            RowKernels.addScaled(row, at, -1, weights.b_dec(), 0, width);
        }
        RowKernels.normalise(row, at, width, new float[RowKernels.LANES]);
        System.arraycopy(row, at, w_dec.array(feature), w_dec.at(feature), width);
        RowKernels.scale(row, at, ENCODER_SHARE * livingNorm, width);
        Architecture architecture = model.objective().architecture();
        for (int s = 0; s < weights.shape().scalars(); s++) {
            // Thresholds, which are bounded, stay: 0 would let everything through.
            if (architecture.least(s) == Float.NEGATIVE_INFINITY) {
                weights.scalar(s)[feature] = 0;
            }
        }
        model.state().beginFeature(weights, feature);
        weights.encoder().put(feature);
    }
}
