package org.demur.sae.train;

import java.util.Arrays;
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
        if (objective.architecture() instanceof JumpRelu jump) {
            // A threshold for all that lets as many latents through as are wanted in the end keeps the step sparse from
            // the start.
            float threshold = new ThresholdCalibration(weights, objective.inputBias(), crew)
                    .threshold(sample.x_NI(), jump.startingL0(weights.features()));
            Arrays.fill(weights.scalar(1), threshold);
        }
    }
}
