package org.demur.runtime;

import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.demur.engine.ModelSpec;
import org.demur.table.RunId;
import org.demur.table.Warehouse;

/**
 * What a stage works with.
 *
 * @param spark the session; tables are read and published through {@code warehouse}
 * @param run the id under which everything is published
 * @param inputRuns run ids of the upstream stages by stage name
 * @param model where tasks find the model
 * @param seed root of all random streams
 * @param progress where long steps report
 */
public record StageContext(
        SparkSession spark,
        Warehouse warehouse,
        RunId run,
        Map<String, RunId> inputRuns,
        ModelSpec model,
        RunSeed seed,
        Progress progress) {

    /** The run id of an upstream stage that {@link Stage#inputs()} names. */
    public RunId input(String stageName) {
        RunId input = inputRuns.get(stageName);
        if (input == null) {
            throw new IllegalArgumentException(
                    "Stage " + stageName + " is not an input; inputs are " + inputRuns.keySet());
        }
        return input;
    }
}
