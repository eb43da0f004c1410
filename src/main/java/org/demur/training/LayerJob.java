package org.demur.training;

import java.io.Serializable;
import java.util.Map;
import org.demur.rows.RowInput;
import org.demur.sae.train.Recipe;

/**
 * Everything a worker needs to train one dictionary.
 *
 * @param input rows
 * @param settings of the job file
 * @param variant which of the layer's dictionaries
 * @param mode how workers share the work
 * @param seeds of order and start
 * @param folders where things go
 * @param provenance written with the dictionary
 */
record LayerJob(
        RowInput input,
        TrainSettings settings,
        SaeVariant variant,
        TrainMode mode,
        Seeds seeds,
        Folders folders,
        Map<String, String> provenance)
        implements Serializable {
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

    /** Identifies everything that determines the result. */
    String digest() {
        return folders.digest();
    }

    /** How the dictionary is trained. */
    Recipe recipe() {
        return settings.recipe().with(variant).recipe(input.width());
    }
}
