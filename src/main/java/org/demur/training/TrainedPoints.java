package org.demur.training;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.config.ConfigSection;
import org.demur.edit.Site;
import org.demur.table.RunId;

/**
 * The points of a block that dictionaries are trained on.
 *
 * @param inputs the site that is encoded; empty for the one that was extracted beside the outputs
 * @param outputs the site that a transcoder predicts; empty for autoencoders
 * @param second run of the stage extract with another model, for crosscoders; empty for dictionaries of one model
 */
public record TrainedPoints(List<Site> inputs, List<Site> outputs, List<RunId> second) implements Serializable {
    private static final String SECOND = "second-extract";

    /** Copies the lists. */
    public TrainedPoints {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        second = List.copyOf(second);
    }

    static TrainedPoints from(ConfigSection section) {
        TrainedPoints points =
                new TrainedPoints(site(section, "hook", "auto"), site(section, "output-hook", "none"), second(section));
        if (!points.outputs.isEmpty() && points.inputs.equals(points.outputs)) {
            throw section.invalid("output-hook", "it is train.hook itself", "write none for autoencoders");
        }
        if (!points.outputs.isEmpty() && !points.second.isEmpty()) {
            throw section.invalid(SECOND, "a transcoder has no second model", "write output-hook = none");
        }
        return points;
    }

    private static List<RunId> second(ConfigSection section) {
        String run = section.string(SECOND);
        if ("none".equals(run)) {
            return List.of();
        }
        try {
            return List.of(new RunId(run));
        } catch (IllegalArgumentException e) {
            throw section.invalid(
                    SECOND,
                    e.getMessage(),
                    "write none, or what jobs/demur extract --dry-run shows for the other model");
        }
    }

    private static List<Site> site(ConfigSection section, String key, String nothing) {
        String name = section.string(key);
        if (nothing.equals(name)) {
            return List.of();
        }
        String known = Arrays.stream(Site.values()).map(Site::sqlName).collect(Collectors.joining(", "));
        return List.of(Arrays.stream(Site.values())
                .filter(site -> site.sqlName().equals(name))
                .findFirst()
                .orElseThrow(() -> section.invalid(key, "known are " + nothing + ", " + known, "write one of them")));
    }

    /** The statistics of the points that are encoded, out of rows that have the layer first and the hook second. */
    List<Row> inputs(List<Row> statistics) {
        Set<String> hooks = new TreeSet<>();
        statistics.forEach(row -> hooks.add(row.getString(1)));
        Set<String> left = new TreeSet<>(hooks);
        outputs.forEach(site -> left.remove(site.sqlName()));
        if (!inputs.isEmpty()) {
            left.retainAll(Set.of(inputs.get(0).sqlName()));
        }
        boolean isComplete =
                left.size() == 1 && outputs.stream().map(Site::sqlName).allMatch(hooks::contains);
        if (!isComplete && !hooks.isEmpty()) {
            throw new JobException(
                    ExitCode.MISSING_INPUT,
                    "The points " + hooks
                            + " of the blocks were extracted; train.hook and train.output-hook do not name"
                            + " which of them to encode and predict",
                    "a transcoder needs two points, and dictionaries of one of two points need train.hook",
                    "write extract.output-hook for transcoders, and train.hook where two points were extracted");
        }
        return statistics.stream()
                .filter(row -> left.contains(row.getString(1)))
                .toList();
    }
}
