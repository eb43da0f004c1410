package org.demur.cells;

import static org.apache.spark.sql.functions.col;

import java.io.Serializable;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.prompts.TextKey;
import scala.Tuple2;

/**
 * Tells which prompts of an evaluation served to choose what is evaluated. Prompts are compared by {@link TextKey}, so a
 * copy with other punctuation or under another id is found too.
 *
 * @param usedBy sets that hold the same text and served selection, by prompt; only prompts with any
 */
public record HeldOut(Map<Id, Set<String>> usedBy) {

    /** A prompt, whatever its rendering. */
    public record Id(String setName, String promptId) implements Comparable<Id>, Serializable {
        @Override
        public int compareTo(Id other) {
            int bySet = setName.compareTo(other.setName);
            return bySet == 0 ? promptId.compareTo(other.promptId) : bySet;
        }
    }

    /**
     * Compares the prompts of the sets to be evaluated with those that served selection, by one join of digests.
     *
     * @param prompts the table {@code prompts}
     * @param evaluated names of sets
     */
    public static HeldOut of(Dataset<Row> prompts, HeldOutRule rule, Collection<String> evaluated) {
        Map<Id, Set<String>> usedBy = new TreeMap<>();
        JavaPairRDD<TextKey, Id> selection = keyed(prompts, rule.selectionSets());
        for (Tuple2<Id, String> match : keyed(prompts, evaluated)
                .join(selection.mapValues(Id::setName).distinct())
                .values()
                .collect()) {
            usedBy.computeIfAbsent(match._1(), id -> new TreeSet<>()).add(match._2());
        }
        return new HeldOut(usedBy);
    }

    /**
     * Fails with BAD_DATA if one of these prompts served selection, unless the rule allows it.
     *
     * @param stage name of the stage that would evaluate them
     */
    public void require(String stage, HeldOutRule rule, Collection<StudyPrompt> evaluated) {
        Map<String, Set<String>> sources = new TreeMap<>();
        Map<String, Integer> counts = new TreeMap<>();
        for (StudyPrompt prompt : evaluated) {
            Set<String> used = usedBy.getOrDefault(new Id(prompt.setName(), prompt.promptId()), Set.of());
            if (!used.isEmpty()) {
                counts.merge(prompt.setName(), 1, Integer::sum);
                sources.computeIfAbsent(prompt.setName(), set -> new TreeSet<>())
                        .addAll(used);
            }
        }
        if (!rule.allowSelectionPrompts() && !counts.isEmpty()) {
            throw refusal(stage, counts, sources);
        }
    }

    /** Adds the column {@code used_for_selection} to rows that have set_name and prompt_id. */
    public Dataset<Row> mark(SparkSession spark, Dataset<Row> rows) {
        StructType columns = new StructType()
                .add("set_name", DataTypes.StringType)
                .add("prompt_id", DataTypes.StringType)
                .add("used_for_selection", DataTypes.BooleanType);
        List<Row> used = usedBy.keySet().stream()
                .map(id -> RowFactory.create(id.setName(), id.promptId(), true))
                .toList();
        Column known = col("used_for_selection");
        return rows.drop("used_for_selection")
                .join(spark.createDataFrame(used, columns), new String[] {"set_name", "prompt_id"}, "left")
                .withColumn("used_for_selection", known.isNotNull());
    }

    private static JavaPairRDD<TextKey, Id> keyed(Dataset<Row> prompts, Collection<String> sets) {
        return prompts.where(col("set_name").isin(sets.toArray()))
                .select("set_name", "prompt_id", "prompt")
                .toJavaRDD()
                .mapToPair(
                        row -> new Tuple2<>(TextKey.of(row.getString(2)), new Id(row.getString(0), row.getString(1))))
                .distinct();
    }

    private static JobException refusal(String stage, Map<String, Integer> counts, Map<String, Set<String>> sources) {
        String found = counts.entrySet().stream()
                .map(set -> set.getValue() + " of " + set.getKey() + " stand in "
                        + String.join(", ", sources.get(set.getKey())))
                .reduce((a, b) -> a + "; " + b)
                .orElseThrow();
        return new JobException(
                ExitCode.BAD_DATA,
                "Stage " + stage + " would evaluate prompts that served selection: " + found,
                "these sets found or chose the direction, the features, the coefficient or the set size, so figures on the"
                        + " same texts would be too good",
                "add drop-in = ["
                        + String.join(
                                ", ",
                                new TreeSet<>(sources.values().stream()
                                        .flatMap(Set::stream)
                                        .toList()))
                        + "] to the evaluated sets under prompts.sets, give them another share, or set " + stage
                        + ".allow-selection-prompts = true, which marks their rows");
    }
}
