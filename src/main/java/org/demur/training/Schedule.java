package org.demur.training;

import org.demur.sae.train.RowOptimiser;
import org.demur.sae.train.ScheduleFreeOptimiser;

/**
 * The learning rate over the planned steps: a linear rise, a constant part and a linear fall. The optimiser that averages its
 * iterates keeps the rate instead of letting it fall, and weighs each step by the square of its rate.
 */
final class Schedule {
    private final double[] rates;
    private final double[] sumsOfSquares;

    /** The schedule of {@code steps} steps with a highest rate. */
    Schedule(TrainSettings.Optimisation settings, RowOptimiser optimiser, double peak, int steps) {
        long rise = Math.round(settings.warmUpFraction() * steps);
        long fall = optimiser instanceof ScheduleFreeOptimiser ? 0 : Math.round(settings.decayFraction() * steps);
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
    RowOptimiser.Step at(int number) {
        double rate = rates[number - 1];
        return new RowOptimiser.Step(number, rate, rate * rate / sumsOfSquares[number - 1]);
    }
}
