package org.demur.sae.train;

import java.io.Serializable;

/**
 * The learning rate and the force of the sparsity term over the planned steps. The rate rises linearly, stays, and falls linearly; an
 * optimiser that averages its iterates keeps the rate instead of letting it fall, and weighs each step by the square of its rate.
 */
public final class Schedule {
    private final double[] rates;
    private final double[] sumsOfSquares;
    private final long force;
    private final RowOptimiser.BiasRates biases;

    /**
     * Shares of all steps.
     *
     * @param warmUp in which the rate rises
     * @param decay in which it falls
     * @param sparsityWarmUp in which the sparsity term gains its force
     */
    public record Shares(double warmUp, double decay, double sparsityWarmUp) implements Serializable {}

    /** The schedule of {@code steps} steps of a recipe. */
    Schedule(Recipe recipe, int steps) {
        Shares shares = recipe.optimisation().shares();
        RowOptimiser optimiser = recipe.optimisation().rule().optimiser();
        double peak = recipe.peakRate();
        biases = recipe.optimisation().biases();
        long rise = Math.round(shares.warmUp() * steps);
        long fall = optimiser instanceof ScheduleFreeOptimiser ? 0 : Math.round(shares.decay() * steps);
        force = Math.round(shares.sparsityWarmUp() * steps);
        rates = new double[steps];
        sumsOfSquares = new double[steps];
        double sum = 0;
        for (int i = 0; i < steps; i++) {
            double rising = Math.min(1.0, (i + 1) / (rise + 1.0));
            double falling = Math.min(1.0, (steps - i) / (fall + 1.0));
            rates[i] = peak * Math.min(rising, falling);
            sum += rates[i] * rates[i];
            sumsOfSquares[i] = sum;
        }
    }

    /** The point of the schedule at a step counted from 1. */
    public RowOptimiser.Step at(int number) {
        double rate = rates[number - 1];
        double sparsity = Math.min(1, number / (force + 1.0));
        return new RowOptimiser.Step(number, rate, rate * rate / sumsOfSquares[number - 1], sparsity, biases);
    }
}
