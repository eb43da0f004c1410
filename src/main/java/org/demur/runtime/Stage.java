package org.demur.runtime;

import java.util.List;
import java.util.Map;
import org.demur.model.ModelConfig;

/**
 * One step of a study, from published tables to published tables. Its run id is derived from its name, version,
 * parameters, source files and the run ids of its inputs; equal ids promise equal table contents.
 */
public interface Stage {
    /** Name on the command line and in the {@code runs} table. */
    String name();

    /** Raised whenever a change of the code changes the output for the same parameters. */
    int version();

    /** Everything of the job file that influences the output, as canonical JSON. */
    String parametersJson();

    /** Names of the stages whose output this one reads. */
    List<String> inputs();

    /** Names of stages whose output is read as well where they are part of the study. */
    default List<String> optionalInputs() {
        return List.of();
    }

    /** Digests of files outside the warehouse that are read, by file name; the model is always included and not listed. */
    default Map<String, String> sourceDigests() {
        return Map.of();
    }

    /** Fails with USAGE when the settings cannot work with this model; asked before any stage runs. */
    default void requireSuits(ModelConfig model) {}

    /** Publishes the tables of the stage, all under {@code context.run()}. */
    void execute(StageContext context);
}
