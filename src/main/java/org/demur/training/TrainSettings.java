package org.demur.training;

import java.io.Serializable;
import java.util.List;
import org.demur.config.ConfigSection;
import org.demur.rows.RowStorage;

/**
 * The section {@code train} of a job file; meanings and defaults in {@code defaults/train.conf}.
 *
 * @param layers blocks to train on; empty for all extracted ones
 * @param dictionary size and sparsity
 * @param batches how rows become minibatches
 * @param optimisation rule and schedule
 * @param dead treatment of dead features
 * @param rows which rows are used
 * @param storage how rows are kept in memory
 * @param intervals steps between checkpoints and logged rows
 * @param json the section as canonical JSON
 */
public record TrainSettings(
        List<Integer> layers,
        Dictionary dictionary,
        Batches batches,
        Optimisation optimisation,
        Dead dead,
        RowChoice rows,
        RowStorage storage,
        Intervals intervals,
        String json)
        implements Serializable {
    /** Marks a setting that is derived from the others. */
    static final double AUTO = -1;

    /** Number of features and of active ones per row. */
    public record Dictionary(int features, int k) implements Serializable {}

    /** Passes, rows of a minibatch over all shards, and shards. */
    public record Batches(int epochs, int rows, int shards) implements Serializable {}

    /** The rule, its peak rate or {@link #AUTO}, and the shares of steps with a rising and falling rate. */
    public record Optimisation(OptimiserRule rule, double learningRate, double warmUpFraction, double decayFraction)
            implements Serializable {}

    /** Window in rows, auxiliary latents per row (either may be {@link #AUTO}), coefficient of the auxiliary loss. */
    public record Dead(double afterRows, double auxiliaryK, double auxiliaryWeight) implements Serializable {}

    /** Share of prompts held out, multiple of the median norm above which rows are left out, classes not trained on. */
    public record RowChoice(double heldOutFraction, double outlierMultiple, List<String> excludedClasses)
            implements Serializable {}

    /** Steps between checkpoints and between logged rows. */
    public record Intervals(int checkpointSteps, int logSteps) implements Serializable {}

    /** Reads and checks the section. */
    public static TrainSettings from(ConfigSection section) {
        TrainSettings settings = new TrainSettings(
                section.integers("layers"),
                new Dictionary(section.integer("features"), section.integer("k")),
                new Batches(section.integer("epochs"), section.integer("batch-rows"), section.integer("shards")),
                new Optimisation(
                        rule(section),
                        numberOrAuto(section, "learning-rate"),
                        section.number("warm-up-fraction"),
                        section.number("decay-fraction")),
                new Dead(
                        numberOrAuto(section, "dead-after-rows"),
                        numberOrAuto(section, "auxiliary-k"),
                        section.number("auxiliary-weight")),
                new RowChoice(
                        section.number("held-out-fraction"),
                        section.number("outlier-multiple"),
                        section.strings("exclude-classes")),
                RowStorage.from(section),
                new Intervals(section.integer("checkpoint-every-steps"), section.integer("log-every-steps")),
                section.canonicalJson());
        settings.check(section);
        return settings;
    }

    private static OptimiserRule rule(ConfigSection section) {
        return OptimiserRule.named(section.string("optimiser"))
                .orElseThrow(() -> section.invalid(
                        "optimiser", "known are " + String.join(", ", OptimiserRule.labels()), "write one of them"));
    }

    private static double numberOrAuto(ConfigSection section, String key) {
        if ("auto".equals(section.string(key))) {
            return AUTO;
        }
        double value = section.number(key);
        if (value < 0) {
            throw section.invalid(key, "it is negative", "write auto or a number of at least 0");
        }
        return value;
    }

    private void check(ConfigSection section) {
        if (dictionary.k() < 1 || dictionary.k() > dictionary.features()) {
            throw section.invalid(
                    "k", "k lies between 1 and features, " + dictionary.features(), "write for example 32");
        }
        if (batches.shards() < 1 || batches.rows() < batches.shards() || batches.rows() % batches.shards() != 0) {
            throw section.invalid(
                    "batch-rows",
                    "every shard gives as many rows to a minibatch",
                    "write a multiple of shards, " + batches.shards());
        }
        if (batches.epochs() < 1) {
            throw section.invalid("epochs", "at least one pass is needed", "write 1 or more");
        }
        if (intervals.checkpointSteps() < 1 || intervals.logSteps() < 1) {
            throw section.invalid("checkpoint-every-steps", "intervals are at least one step", "write 1 or more");
        }
        if (rows.heldOutFraction() < 0 || rows.heldOutFraction() >= 1) {
            throw section.invalid("held-out-fraction", "it lies in [0, 1)", "write for example 0.05");
        }
        checkSchedule(section);
    }

    private void checkSchedule(ConfigSection section) {
        boolean valid = optimisation.warmUpFraction() >= 0
                && optimisation.decayFraction() >= 0
                && optimisation.warmUpFraction() + optimisation.decayFraction() <= 1;
        if (!valid) {
            throw section.invalid(
                    "warm-up-fraction",
                    "rise and fall are shares of all steps and do not overlap",
                    "keep their sum at most 1");
        }
    }
}
