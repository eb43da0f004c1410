package org.demur.sae.train;

/**
 * Publishes a running mean of the weights that another rule trains, weighed with {@code decay} to the power of their age in
 * steps (Polyak averaging as of Gao et al. 2024, appendix A). The start is not part of the mean, so short runs are not drawn
 * towards it. The mean is the last of the states.
 *
 * @param inner rule that trains
 * @param decay weight of a step relative to the one after it
 */
public record AveragedOptimiser(RowOptimiser inner, double decay) implements RowOptimiser {
    @Override
    public int states() {
        return inner.states() + 1;
    }

    @Override
    public void begin(Row row) {
        inner.begin(row);
        System.arraycopy(row.weights(), row.at(), mean(row), row.stateAt(), row.length());
    }

    @Override
    public void update(Row row, float[] gradient, int from, Step step) {
        inner.update(row, gradient, from, step);
        float share = (float) ((1 - decay) / (1 - StrictMath.pow(decay, step.number())));
        float[] mean = mean(row);
        for (int c = 0; c < row.length(); c++) {
            float old = mean[row.stateAt() + c];
            mean[row.stateAt() + c] = old + share * (row.weights()[row.at() + c] - old);
        }
    }

    @Override
    public void finish(Row row) {
        System.arraycopy(mean(row), row.stateAt(), row.weights(), row.at(), row.length());
    }

    private float[] mean(Row row) {
        return row.state()[inner.states()];
    }

    /** The mean goes on towards resting weights, so every row takes part. */
    @Override
    public boolean movesIdleRows() {
        return true;
    }
}
