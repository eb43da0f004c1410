package org.demur.intervention;

import java.nio.file.Path;
import org.demur.TinyStudy;
import org.demur.table.RunId;

/** A process that sweeps in a warehouse in which the stages before have run. */
final class KilledSweep {
    static final int PROMPTS = 32;

    static final String SETTINGS =
            """
            direction { prompts-per-side = 16, validation-per-side = 8, shards = 2 }
            attribute { max-prompts = 8, shards = 2, candidates-per-layer = 4, top-features = 5, random-sets = 2 }
            sweep {
              max-prompts-per-set = 32, max-new-tokens = 24, rows-per-task = 4, cells-per-task = 3
              grid = [
                { method = none }
                { method = direction_ablation }
                { method = direction_addition, coefficients = [1, -1], retain = fstar, retain-size = 2 }
                { method = feature_scale, feature-sets = [fstar, random], coefficients = [0, -1] }
              ]
            }
            """;

    private KilledSweep() {}

    /** Arguments: folder of the study, run, then stage=run for each input. */
    public static void main(String[] arguments) {
        TinyStudy study = new TinyStudy(Path.of(arguments[0]), PROMPTS, SETTINGS);
        for (int i = 2; i < arguments.length; i++) {
            String[] input = arguments[i].split("=");
            study.input(input[0], new RunId(input[1]));
        }
        stage(study).execute(study.context(new RunId(arguments[1])));
        System.exit(0);
    }

    static SweepStage stage(TinyStudy study) {
        return new SweepStage(SweepSettings.from(study.section("sweep"), study.uses()));
    }
}
