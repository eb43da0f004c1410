package org.demur.sae.train;

import java.util.Arrays;
import org.demur.sae.RowKernels;
import org.demur.sae.WorkCrew;

/** Fills fresh weights. */
public final class Beginnings {
    private Beginnings() {}

    /**
     * Starts a dictionary from its seed and a sample; the same on every worker.
     *
     * @param weights to fill
     * @param recipe of the training
     * @param sample of the rows
     * @param seed of the random rows
     */
    public static void fill(TrainingWeights weights, Recipe recipe, SampleFacts sample, long seed, WorkCrew crew) {
        Objective objective = recipe.objective();
        weights.initialise(
                seed,
                sample.centre(recipe.beginning().preBias(), weights.shape().output()));
        if (sample.target() == ShardBatch.Target.OTHER_VECTOR) {
            untie(
                    weights,
                    sample.inputCentre(
                            recipe.beginning().preBias(), weights.shape().input()));
        }
        scaleEncoder(weights, (float) recipe.beginning().encoderNorm());
        if (objective.architecture() instanceof JumpRelu jump) {
            // A threshold for all that lets as many latents through as are wanted in the end keeps the step sparse from
            // the start.
            float threshold = new ThresholdCalibration(weights, objective.inputBias(), crew)
                    .threshold(sample.x_NI(), jump.startingL0(weights.features()));
            Arrays.fill(weights.scalar(1), threshold);
        }
    }

    private static void scaleEncoder(TrainingWeights weights, float norm) {
        RowMatrix w_enc = weights.w_enc();
        for (int j = 0; j < weights.features(); j++) {
            RowKernels.scale(w_enc.array(j), w_enc.at(j), norm, w_enc.width());
            weights.b_enc_F()[j] *= norm;
        }
        weights.mirror(0, weights.features());
    }

    /**
     * The start of a transcoder: nothing is predicted but the centre of the outputs, and pre-activations are those of inputs less
     * their own centre, which nothing subtracts.
     */
    private static void untie(TrainingWeights weights, float[] centre_I) {
        RowMatrix w_enc = weights.w_enc();
        float[] lanes = new float[RowKernels.LANES];
        for (int j = 0; j < weights.features(); j++) {
            RowKernels.scale(
                    weights.w_dec().array(j),
                    weights.w_dec().at(j),
                    0,
                    weights.shape().output());
            weights.b_enc_F()[j] = -RowKernels.dot(w_enc.array(j), w_enc.at(j), centre_I, 0, w_enc.width(), lanes);
        }
        weights.mirror(0, weights.features());
    }
}
