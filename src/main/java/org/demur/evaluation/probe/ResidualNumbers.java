package org.demur.evaluation.probe;

import java.util.Map;

/** Prompts by the elements of their mean row. */
record ResidualNumbers(Map<Integer, PromptVector> vectors, int dimensions) implements PromptNumbers {
    @Override
    public double value(int prompt, int dimension) {
        return vectors.get(prompt).x_D()[dimension];
    }

    @Override
    public void addTo(double[] sum, int prompt, double weight) {
        float[] x_D = vectors.get(prompt).x_D();
        for (int c = 0; c < x_D.length; c++) {
            sum[c] += weight * x_D[c];
        }
    }
}
