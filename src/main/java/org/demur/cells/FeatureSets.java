package org.demur.cells;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.demur.ExitCode;
import org.demur.JobException;

/**
 * The feature sets of an attribution run: those that hold for every prompt, and those of a single prompt.
 *
 * @param everywhere features by set id, best first
 * @param byPrompt features by set id and prompt id, best first
 */
public record FeatureSets(
        Map<String, List<RankedFeature>> everywhere, Map<String, Map<String, List<RankedFeature>>> byPrompt)
        implements Serializable {

    /** Reads the table {@code feature_sets}. */
    public static FeatureSets read(Dataset<Row> table) {
        Map<String, List<RankedFeature>> everywhere = new TreeMap<>();
        Map<String, Map<String, List<RankedFeature>>> byPrompt = new TreeMap<>();
        List<Row> rows = table.select("set_id", "scope", "prompt_id", "rank", "layer", "feature", "max_activation")
                .orderBy("set_id", "prompt_id", "rank")
                .collectAsList();
        for (Row row : rows) {
            RankedFeature feature =
                    new RankedFeature(row.getInt(3), row.getInt(4), row.getInt(5), (float) row.getDouble(6));
            List<RankedFeature> members = row.getString(1).equals("prompt")
                    ? byPrompt.computeIfAbsent(row.getString(0), id -> new HashMap<>())
                            .computeIfAbsent(row.getString(2), id -> new ArrayList<>())
                    : everywhere.computeIfAbsent(row.getString(0), id -> new ArrayList<>());
            members.add(feature);
        }
        return new FeatureSets(everywhere, byPrompt);
    }

    /** The best {@code n} features of a set, or of that prompt's set where sets differ by prompt. */
    public List<RankedFeature> members(String setId, String promptId, int n) {
        List<RankedFeature> all = everywhere.containsKey(setId)
                ? everywhere.get(setId)
                : byPrompt.getOrDefault(setId, Map.of()).getOrDefault(promptId, List.of());
        if (all.isEmpty()) {
            throw new JobException(
                    ExitCode.MISSING_INPUT,
                    "No features in set '" + setId + "' for prompt " + promptId,
                    "Sets per prompt exist only for the prompts that the attribution saw.",
                    "Give the prompt set the use 'attribution', or take a set that holds for every prompt: "
                            + String.join(", ", everywhere.keySet()) + ".");
        }
        return all.subList(0, Math.min(n, all.size()));
    }

    /** Every (layer, feature) of any set, by layer, in ascending order. */
    public Map<Integer, int[]> featuresByLayer() {
        Map<Integer, Set<Integer>> features = new TreeMap<>();
        List<RankedFeature> all = new ArrayList<>();
        everywhere.values().forEach(all::addAll);
        byPrompt.values().forEach(prompts -> prompts.values().forEach(all::addAll));
        all.forEach(member -> features.computeIfAbsent(member.layer(), layer -> new TreeSet<>())
                .add(member.feature()));
        Map<Integer, int[]> result = new TreeMap<>();
        features.forEach((layer, ids) ->
                result.put(layer, ids.stream().mapToInt(Integer::intValue).toArray()));
        return result;
    }

    /** The ids that start with {@code prefix}, sorted: {@code random} gives every random set. */
    public List<String> idsStartingWith(String prefix) {
        Set<String> ids = new LinkedHashSet<>(everywhere.keySet());
        ids.addAll(byPrompt.keySet());
        return ids.stream()
                .filter(id -> id.startsWith(prefix))
                .sorted(Comparator.naturalOrder())
                .toList();
    }
}
