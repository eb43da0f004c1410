package org.demur.sae.train;

import java.io.Serializable;

/**
 * Everything that determines a dictionary beside its rows.
 *
 * @param features number of features F
 * @param objective what is trained
 * @param optimisation rule and schedule
 * @param beginning where training starts
 */
public record Recipe(int features, Objective objective, Optimisation optimisation, Beginning beginning)
        implements Serializable {
    /** Marks a number that is derived from the others. */
    public static final double AUTO = -1;

    private static final double LONGEST_DEAD_WINDOW = 1e7;

    /**
     * How weights are updated.
     *
     * @param rule of updates
     * @param learningRate highest rate, or {@link #AUTO} for the rule's law
     * @param shares of the steps
     * @param biases shares of the rate at which biases move
     * @param deadAfterRows silent rows after which a latent is dead, or {@link #AUTO} for 1/50 of all, at most ten million
     * @param extras what is done beside
     */
    public record Optimisation(
            OptimiserRule rule,
            double learningRate,
            Schedule.Shares shares,
            RowOptimiser.BiasRates biases,
            double deadAfterRows,
            Extras extras)
            implements Serializable {
        /** Without any extras. */
        public Optimisation(
                OptimiserRule rule,
                double learningRate,
                Schedule.Shares shares,
                RowOptimiser.BiasRates biases,
                double deadAfterRows) {
            this(rule, learningRate, shares, biases, deadAfterRows, new Extras(0, 0));
        }

        /** The same with another highest rate. */
        public Optimisation at(double rate) {
            return new Optimisation(rule, rate, shares, biases, deadAfterRows, extras);
        }

        /** Whether a step has to be made over all shards, and not by replicas that meet once in a while. */
        public boolean needsWholeSteps() {
            return extras.averageDecay() > 0 || extras.resampleSteps() > 0 || rule == OptimiserRule.MUON;
        }
    }

    /**
     * What is done beside the updates.
     *
     * @param averageDecay of a running mean of the weights that is published in their place; 0 for none
     * @param resampleSteps steps from one resampling of dead latents to the next; 0 for none
     */
    public record Extras(double averageDecay, int resampleSteps) implements Serializable {}

    /**
     * Where training starts.
     *
     * @param scaling of inputs
     * @param preBias decoder bias
     * @param encoderNorm norm of the encoder's rows, which point where the decoder's rows of norm 1 do
     */
    public record Beginning(Scaling scaling, PreBias preBias, double encoderNorm) implements Serializable {}

    /** Factors from stored activations to the space of training. */
    public enum Scaling {
        /** Mean norm sqrt(d), as SAELens has it. */
        NORM_ROOT_D,
        /** Mean squared norm 1, as dictionary_learning has it. */
        MEAN_SQUARE_ONE,
        /** None. */
        NONE
    }

    /** Where the decoder bias starts. */
    public enum PreBias {
        /** The geometric median of a sample. */
        GEOMETRIC_MEDIAN,
        /** The mean of a sample. */
        MEAN,
        /** 0. */
        ZERO
    }

    /** The rule as it is applied, with the running mean if one is wanted. */
    public RowOptimiser optimiser() {
        RowOptimiser plain = optimisation.rule().optimiser();
        double decay = optimisation.extras().averageDecay();
        return decay > 0 ? new AveragedOptimiser(plain, decay) : plain;
    }

    /** How dead latents are resampled, in a run of that seed. */
    public Resampling resampling(long seed) {
        return new Resampling(optimisation.extras().resampleSteps(), seed);
    }

    /** Highest learning rate. */
    public double peakRate() {
        return optimisation.learningRate() == AUTO
                ? optimisation.rule().learningRate(features)
                : optimisation.learningRate();
    }

    /** The schedule over a number of steps. */
    public Schedule schedule(int steps) {
        return new Schedule(this, steps);
    }

    /** Silent rows after which a latent is dead in a run of so many rows. */
    public long deadAfter(long rows) {
        double window = optimisation.deadAfterRows() == AUTO
                ? Math.min(LONGEST_DEAD_WINDOW, rows / 50.0)
                : optimisation.deadAfterRows();
        return Math.max(1, Math.round(window));
    }
}
