package org.demur.attribution;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The per-prompt sets of attribution patching as the published code applies them. There a layer's list gets an entry only from
 * prompts that have a feature in that layer, and is later read by the number of the prompt, so that features end up at prompts
 * that they were not found on and later prompts get none.
 */
final class MisalignedLists {
    private MisalignedLists() {}

    /**
     * The features that each prompt gets, best first.
     *
     * @param own the features that were found on each prompt, best first
     */
    static List<List<FeatureId>> of(List<List<FeatureId>> own) {
        Map<Integer, List<List<FeatureId>>> listsByLayer = new TreeMap<>();
        for (List<FeatureId> features : own) {
            Map<Integer, List<FeatureId>> byLayer = new HashMap<>();
            features.forEach(id -> byLayer.computeIfAbsent(id.layer(), layer -> new ArrayList<>())
                    .add(id));
            byLayer.forEach((layer, ids) ->
                    listsByLayer.computeIfAbsent(layer, l -> new ArrayList<>()).add(ids));
        }
        List<List<FeatureId>> applied = new ArrayList<>();
        for (int prompt = 0; prompt < own.size(); prompt++) {
            List<FeatureId> features = new ArrayList<>();
            for (List<List<FeatureId>> list : listsByLayer.values()) {
                if (prompt < list.size()) {
                    features.addAll(list.get(prompt));
                }
            }
            applied.add(features);
        }
        return applied;
    }
}
