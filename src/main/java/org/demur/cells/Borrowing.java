package org.demur.cells;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Which feature values of which prompts the interventions of a grid take. */
public final class Borrowing {
    private final Set<String> sampled = new TreeSet<>();
    private final Set<String> whole = new TreeSet<>();
    private final Set<String> takers = new TreeSet<>();
    private final Set<String> keys = new TreeSet<>();
    private final Map<Integer, Set<Integer>> features = new TreeMap<>();
    private boolean isExact;

    Borrowing() {}

    void add(Cell cell, Action action, FeatureSets sets) {
        (action.method() == Method.FEATURE_RESTORE ? whole : sampled)
                .add(action.reference().set());
        if (action.method().isOfPrompt()) {
            takers.add(cell.setName());
        }
        if (!action.reference().key().isEmpty()) {
            keys.add(action.reference().key());
        }
        isExact |= action.features().form().equals(FeatureChoice.EXACT);
        String id = action.features().set();
        Collection<List<RankedFeature>> named = sets.everywhere().containsKey(id)
                ? List.of(sets.everywhere().get(id))
                : sets.byPrompt().getOrDefault(id, Map.of()).values();
        for (List<RankedFeature> members : named) {
            members.subList(0, Math.min(members.size(), action.features().n()))
                    .forEach(member -> features.computeIfAbsent(member.layer(), layer -> new TreeSet<>())
                            .add(member.feature()));
        }
    }

    /** Whether nothing is taken. */
    public boolean isEmpty() {
        return features.isEmpty();
    }

    /** Prompt sets of which a sample is enough. */
    public List<String> sampledSets() {
        List<String> sets = new ArrayList<>(sampled);
        sets.removeAll(whole);
        return sets;
    }

    /** Prompt sets of which every prompt may be asked for. */
    public List<String> wholeSets() {
        return List.copyOf(whole);
    }

    /** Prompt sets whose prompts take values for their tokens. */
    public List<String> takers() {
        return List.copyOf(takers);
    }

    /** Columns of source rows that name partners. */
    public List<String> keys() {
        return List.copyOf(keys);
    }

    /** Features by layer, ascending. */
    public Map<Integer, int[]> features() {
        Map<Integer, int[]> byLayer = new TreeMap<>();
        features.forEach((layer, ids) ->
                byLayer.put(layer, ids.stream().mapToInt(Integer::intValue).toArray()));
        return byLayer;
    }

    /** How features fire: exactly, if any intervention wants that. */
    public String form() {
        return isExact ? FeatureChoice.EXACT : FeatureChoice.THRESHOLD;
    }
}
