package org.demur.bench;

import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.sae.train.Conventions;
import org.demur.sae.train.Objective;
import org.demur.sae.train.OptimiserRule;
import org.demur.sae.train.Recipe;
import org.demur.sae.train.RowOptimiser;
import org.demur.sae.train.Schedule;
import picocli.CommandLine.Option;

/** What a benchmark trains. */
final class RecipeOptions {
    @Option(
            names = "--architecture",
            defaultValue = "topk",
            description = "topk, batchtopk, matryoshka, jumprelu, gated or standard (${DEFAULT-VALUE}).")
    private String architecture;

    @Option(
            names = "--conventions",
            defaultValue = "demur",
            description = "demur, saelens, dictionary-learning or sparsify (${DEFAULT-VALUE}).")
    private String conventions;

    @Option(names = "--features", defaultValue = "4608", description = "Features (${DEFAULT-VALUE}).")
    private int features;

    @Option(names = "--k", defaultValue = "32", description = "Active features of a row (${DEFAULT-VALUE}).")
    private double k;

    @Option(names = "--optimiser", defaultValue = "schedule-free", description = "Its rule (${DEFAULT-VALUE}).")
    private String optimiser;

    @Option(
            names = "--learning-rate",
            defaultValue = "-1",
            description = "Highest rate; by the rule's law if left out.")
    private double learningRate;

    @Option(
            names = "--warm-up",
            defaultValue = "0.05",
            description = "Share of steps of rising rate (${DEFAULT-VALUE}).")
    private double warmUp;

    @Option(names = "--decay", defaultValue = "0.2", description = "Share of steps of falling rate (${DEFAULT-VALUE}).")
    private double decay;

    @Option(names = "--sparsity-warm-up", defaultValue = "0", description = "Of the sparsity term (${DEFAULT-VALUE}).")
    private double sparsityWarmUp;

    @Option(names = "--sparsity-weight", defaultValue = "-1", description = "Coefficient; by convention if left out.")
    private double sparsityWeight;

    @Option(
            names = "--bandwidth",
            defaultValue = "-1",
            description = "Of a JumpReLU's kernel; by convention if left out.")
    private double bandwidth;

    @Option(
            names = "--bias-rate",
            defaultValue = "0.14",
            description = "Share of the rate for encoder biases (${DEFAULT-VALUE}).")
    private double biasRate;

    @Option(
            names = "--decoder-bias-rate",
            defaultValue = "0.3",
            description = "Share of the rate for the decoder bias (${DEFAULT-VALUE}).")
    private double decoderBiasRate;

    @Option(
            names = "--encoder-norm",
            defaultValue = "0.4",
            description = "Of encoder rows at first (${DEFAULT-VALUE}).")
    private double encoderNorm;

    @Option(
            names = "--auxiliary-k",
            defaultValue = "-1",
            description = "Dead features a row; by convention if left out.")
    private double auxiliaryK;

    @Option(names = "--auxiliary-weight", defaultValue = "-1", description = "Coefficient; by convention if left out.")
    private double auxiliaryWeight;

    @Option(names = "--dead-after", defaultValue = "-1", description = "Silent rows; an eighth of all if left out.")
    private double deadAfter;

    @Option(names = "--verbose", description = "Prints every step to standard error.")
    private boolean verbose;

    Conventions conventions() {
        return Conventions.named(conventions).orElseThrow(() -> unknown("--conventions", conventions));
    }

    double k() {
        return k;
    }

    boolean isVerbose() {
        return verbose;
    }

    Recipe recipe(int width) {
        OptimiserRule rule = OptimiserRule.named(optimiser).orElseThrow(() -> unknown("--optimiser", optimiser));
        var numbers =
                new Conventions.Numbers(features, width, k, sparsityWeight, bandwidth, auxiliaryK, auxiliaryWeight);
        Objective objective = conventions()
                .objective(architecture, numbers)
                .orElseThrow(() -> unknown("--architecture", architecture));
        return new Recipe(
                features,
                objective,
                new Recipe.Optimisation(
                        rule,
                        learningRate,
                        new Schedule.Shares(warmUp, decay, sparsityWarmUp),
                        new RowOptimiser.BiasRates(biasRate, decoderBiasRate),
                        deadAfter),
                new Recipe.Beginning(Recipe.Scaling.NORM_ROOT_D, Recipe.PreBias.GEOMETRIC_MEDIAN, encoderNorm));
    }

    private static JobException unknown(String option, String value) {
        return new JobException(
                ExitCode.USAGE, option + " has no value " + value, "it is misspelt", "see --help for those there are");
    }
}
