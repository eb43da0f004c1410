package org.demur.training;

import java.io.Serializable;
import java.util.Map;
import org.demur.rows.RowInput;

/**
 * Everything a worker needs to train one layer.
 *
 * @param input rows
 * @param settings of the job file
 * @param seed of order and initialisation
 * @param digest identifies everything that determines the result, for checkpoints
 * @param checkpoints folder of the layer's checkpoints, on a file system that all workers share
 * @param target folder that receives the dictionary
 * @param provenance written into its settings
 */
record LayerJob(
        RowInput input,
        TrainSettings settings,
        long seed,
        String digest,
        String checkpoints,
        String target,
        Map<String, String> provenance)
        implements Serializable {}
