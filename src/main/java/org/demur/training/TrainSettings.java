package org.demur.training;

import java.io.Serializable;
import java.util.List;
import org.demur.config.ConfigSection;
import org.demur.rows.RowStorage;

/**
 * The section {@code train} of a job file; meanings and defaults in {@code defaults/train.conf}.
 *
 * @param layers blocks to train on; empty for all extracted ones
 * @param recipe what is trained, and how
 * @param variants dictionaries of every layer
 * @param mode how workers share the work
 * @param batches how rows become minibatches
 * @param rows which rows are used
 * @param storage how rows are kept in memory
 * @param intervals steps between checkpoints and logged rows
 * @param json the section as canonical JSON
 */
public record TrainSettings(
        List<Integer> layers,
        RecipeSettings recipe,
        Variants variants,
        ModeSettings mode,
        Batches batches,
        RowChoice rows,
        RowStorage storage,
        Intervals intervals,
        String json)
        implements Serializable {
    /** Passes, rows of a minibatch over all shards, and shards. */
    public record Batches(int epochs, int rows, int shards) implements Serializable {}

    /** Share of prompts held out, multiple of the median norm above which rows are left out, classes not trained on, sample. */
    public record RowChoice(
            double heldOutFraction, double outlierMultiple, List<String> excludedClasses, int sampleRows)
            implements Serializable {}

    /** Steps between checkpoints and between logged rows. */
    public record Intervals(int checkpointSteps, int logSteps) implements Serializable {}

    /** Reads and checks the section. */
    public static TrainSettings from(ConfigSection section) {
        TrainSettings settings = new TrainSettings(
                section.integers("layers"),
                RecipeSettings.from(section),
                Variants.from(section),
                ModeSettings.from(section),
                new Batches(section.integer("epochs"), section.integer("batch-rows"), section.integer("shards")),
                new RowChoice(
                        section.number("held-out-fraction"),
                        section.number("outlier-multiple"),
                        section.strings("exclude-classes"),
                        section.positive("sample-rows")),
                RowStorage.from(section),
                new Intervals(section.integer("checkpoint-every-steps"), section.integer("log-every-steps")),
                section.canonicalJson());
        settings.check(section);
        return settings;
    }

    private void check(ConfigSection section) {
        if (batches.shards() < 1 || batches.rows() < batches.shards() || batches.rows() % batches.shards() != 0) {
            throw section.invalid(
                    "batch-rows",
                    "every shard gives as many rows to a minibatch",
                    "write a multiple of shards, " + batches.shards());
        }
        boolean isWhole = mode.mode().filter(known -> known != TrainMode.ROUNDS).isPresent();
        if (recipe.optimisation().needsWholeSteps() && !isWhole) {
            throw section.invalid(
                    "mode",
                    "ema-decay, resample-every-steps and muon need steps over all shards",
                    "write mode = synchronous");
        }
        checkMemory(section);
        if (batches.epochs() < 1) {
            throw section.invalid("epochs", "at least one pass is needed", "write 1 or more");
        }
        if (intervals.checkpointSteps() < 1 || intervals.logSteps() < 1) {
            throw section.invalid("checkpoint-every-steps", "intervals are at least one step", "write 1 or more");
        }
        if (rows.heldOutFraction() < 0 || rows.heldOutFraction() >= 1) {
            throw section.invalid("held-out-fraction", "it lies in [0, 1)", "write for example 0.05");
        }
    }

    private void checkMemory(ConfigSection section) {
        boolean mayBeRounds = mode.mode().isEmpty() || mode.mode().get() == TrainMode.ROUNDS;
        ParameterBytes replica =
                ParameterBytes.ofReplica(recipe.optimisation().rule().optimiser(), mode.outer(), batches.shards());
        if (mayBeRounds && replica.isTooMany()) {
            throw section.invalid(
                    "outer-momentum",
                    "with this optimiser and " + batches.shards() + " shards rounds would take " + replica.bytes()
                            + " bytes a parameter, more than " + ParameterBytes.MOST,
                    "write optimiser = schedule-free, more shards, or outer-learning-rate = 1 and outer-momentum = 0");
        }
    }
}
