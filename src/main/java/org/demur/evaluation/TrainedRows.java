package org.demur.evaluation;

import java.io.Serializable;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.sae.HeldOutPrompts;
import org.demur.sae.Sae;

/**
 * Which rows dictionaries were trained on, as their provenance says: a dictionary promises nothing about others.
 *
 * @param heldOut prompts kept out of training
 * @param excludedClasses token classes left out
 * @param largestNorms by layer, the norm above which rows were left out as outliers
 * @param hook point of the blocks that all dictionaries read, as in tables
 */
record TrainedRows(HeldOutPrompts heldOut, Set<String> excludedClasses, Map<Integer, Double> largestNorms, String hook)
        implements Serializable {
    /** Reads the provenance of every layer below {@code folder}. */
    static TrainedRows read(Path folder, List<Integer> layers) {
        Map<Integer, Double> norms = new TreeMap<>();
        Map<String, String> provenance = Map.of();
        for (int layer : layers) {
            provenance = Sae.provenance(folder.resolve("layer=" + layer));
            norms.put(layer, Double.parseDouble(fact(provenance, "largest_norm", folder)));
        }
        HeldOutPrompts heldOut = new HeldOutPrompts(
                Long.parseLong(fact(provenance, "held_out_seed", folder)),
                Double.parseDouble(fact(provenance, "held_out_fraction", folder)));
        Set<String> excluded = new TreeSet<>(
                List.of(fact(provenance, "excluded_classes", folder).split(",")));
        return new TrainedRows(heldOut, excluded, norms, hook(folder.resolve("layer=" + layers.get(0))));
    }

    private static String hook(Path folder) {
        Sae sae = Sae.read(folder);
        if (sae.isTranscoder()) {
            throw new JobException(
                    ExitCode.USAGE,
                    folder + " holds a transcoder",
                    "evaluation compares reconstructions with inputs, and a transcoder predicts something else",
                    "read the held-out figures that training wrote into cfg.json, and leave out the stage evaluate");
        }
        return sae.at().site().sqlName();
    }

    private static String fact(Map<String, String> provenance, String name, Path folder) {
        String value = provenance.get(name);
        if (value == null) {
            throw new JobException(
                    ExitCode.MISMATCH,
                    "cfg.json below " + folder + " does not say " + name,
                    "the dictionaries were not written by the train stage",
                    "train them again");
        }
        return value;
    }
}
