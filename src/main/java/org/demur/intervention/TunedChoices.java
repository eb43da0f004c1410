package org.demur.intervention;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.demur.ExitCode;
import org.demur.JobException;

/**
 * Sizes and coefficients that the stage {@code tune} chose.
 *
 * @param byTarget choices by target and by label of the prompts that they were made on
 */
record TunedChoices(Map<String, Map<String, Choice>> byTarget) {
    /** Orders the targets. */
    TunedChoices {
        byTarget = new TreeMap<>(byTarget);
    }

    /** Nothing was tuned. */
    static final TunedChoices NONE = new TunedChoices(Map.of());

    /**
     * A choice.
     *
     * @param nFeatures set size; 0 for methods that edit no features
     * @param coefficient 0 for methods that take none
     */
    record Choice(int nFeatures, double coefficient) {}

    /** Reads the chosen rows of the table {@code tuning}. */
    static TunedChoices read(Dataset<Row> tuning) {
        Map<String, Map<String, Choice>> byTarget = new TreeMap<>();
        tuning.where("chosen")
                .select("target", "label", "n_features", "coefficient")
                .collectAsList()
                .forEach(row -> byTarget.computeIfAbsent(row.getString(0), target -> new TreeMap<>())
                        .put(row.getString(1), new Choice(row.getInt(2), row.isNullAt(3) ? 0 : row.getDouble(3))));
        return new TunedChoices(byTarget);
    }

    /**
     * The choice for a target on a prompt set: the one made on prompts of the set's label, or else the other one.
     *
     * @param labels of the set's prompts
     */
    Choice of(String target, Set<String> labels) {
        Map<String, Choice> choices = byTarget.getOrDefault(target, Map.of());
        return Stream.concat(new TreeSet<>(labels).stream(), choices.keySet().stream())
                .filter(choices::containsKey)
                .map(choices::get)
                .findFirst()
                .orElseThrow(() -> missing(target));
    }

    private JobException missing(String target) {
        return new JobException(
                ExitCode.USAGE,
                "Nothing was tuned for " + target + ", which an entry of sweep.grid calls tuned",
                byTarget.isEmpty()
                        ? "the table tuning is empty"
                        : "the table tuning holds choices for " + String.join(", ", byTarget.keySet()),
                "add the same method, feature set and modifiers to tune.grid, for prompts of a set with the use 'tune', or"
                        + " write numbers");
    }
}
