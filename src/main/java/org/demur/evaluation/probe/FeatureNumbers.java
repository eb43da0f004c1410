package org.demur.evaluation.probe;

import java.util.Arrays;
import java.util.Map;

/** Prompts by the means of their features. */
record FeatureNumbers(Map<Integer, PromptVector> vectors, int dimensions) implements PromptNumbers {
    @Override
    public double value(int prompt, int dimension) {
        PromptVector vector = vectors.get(prompt);
        int at = Arrays.binarySearch(vector.features(), dimension);
        return at >= 0 ? vector.values()[at] : 0;
    }

    @Override
    public void addTo(double[] sum, int prompt, double weight) {
        PromptVector vector = vectors.get(prompt);
        for (int i = 0; i < vector.features().length; i++) {
            sum[vector.features()[i]] += weight * vector.values()[i];
        }
    }
}
