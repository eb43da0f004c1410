package org.demur.training;

import java.io.Serializable;
import java.util.Map;
import org.demur.rows.RowInput;
import org.demur.sae.train.Recipe;

/**
 * Everything a worker needs to train one dictionary.
 *
 * @param rows what is encoded, and what lies beside
 * @param settings of the job file
 * @param variant which of the layer's dictionaries
 * @param mode how workers share the work
 * @param seeds of order and start
 * @param folders where things go
 * @param provenance written with the dictionary
 */
record LayerJob(
        Rows rows,
        TrainSettings settings,
        SaeVariant variant,
        TrainMode mode,
        Seeds seeds,
        Folders folders,
        Map<String, String> provenance)
        implements Serializable {
    /** The vectors that are encoded, those of the first model if there are two, and what lies beside them. */
    record Rows(RowInput input, Beside beside) implements Serializable {
        /** Width of what is encoded. */
        int width() {
            return input.width() * beside.models();
        }
    }

    /** Seeds of the order of rows, which all dictionaries of a layer share, and of the random start. */
    record Seeds(long order, long start) implements Serializable {}

    /**
     * Where things go.
     *
     * @param digest identifies everything that determines the result, for checkpoints
     * @param checkpoints folder of the checkpoints, on a file system that all workers share
     * @param target folder that receives the dictionary
     */
    record Folders(String digest, String checkpoints, String target) implements Serializable {}

    /** The vectors that are encoded, those of the first model if there are two. */
    RowInput input() {
        return rows.input();
    }

    /** Identifies everything that determines the result. */
    String digest() {
        return folders.digest();
    }

    /**
     * How the dictionary is trained. In rounds, a rate that follows the optimiser's law is multiplied by the root of the number of
     * shards: the mean over replicas takes that much of the random part of their steps away.
     */
    Recipe recipe() {
        Recipe recipe = settings.recipe().with(variant).recipe(rows.width());
        Recipe.Optimisation own = recipe.optimisation();
        if (mode != TrainMode.ROUNDS || own.learningRate() != Recipe.AUTO) {
            return recipe;
        }
        double rate = recipe.peakRate() * Math.sqrt(settings.batches().shards());
        return new Recipe(recipe.features(), recipe.objective(), own.at(rate), recipe.beginning());
    }
}
