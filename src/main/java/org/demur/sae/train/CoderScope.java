package org.demur.sae.train;

/**
 * What a coder is made for.
 *
 * @param weights of the dictionary
 * @param loss constants of the loss
 */
record CoderScope(TrainingWeights weights, LossScale loss) {
    int features() {
        return weights.features();
    }
}
