package org.demur.attribution;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.demur.edit.FeatureSlice;
import org.demur.sae.Sae;

/**
 * The features whose effect is measured, with the rows that an edit of them needs.
 *
 * @param features in the order in which they were taken
 * @param slices one feature each
 */
record FeaturePool(List<FeatureId> features, Map<FeatureId, FeatureSlice> slices) implements Serializable {

    /** At most {@code size} features: the best of every ranking, then the second best of every ranking, and so on. */
    static List<FeatureId> union(List<Ranking> rankings, int size) {
        List<List<FeatureId>> tops = rankings.stream()
                .map(ranking -> ranking.global().bestPositive(size))
                .toList();
        Set<FeatureId> pool = new LinkedHashSet<>();
        for (int rank = 0; rank < size; rank++) {
            for (List<FeatureId> top : tops) {
                if (rank < top.size() && pool.size() < size) {
                    pool.add(top.get(rank));
                }
            }
        }
        return List.copyOf(pool);
    }

    /** Reads the rows of these features. */
    static FeaturePool read(List<FeatureId> features, String saeFolder) {
        Map<Integer, List<FeatureId>> byLayer = new TreeMap<>();
        features.forEach(id ->
                byLayer.computeIfAbsent(id.layer(), layer -> new ArrayList<>()).add(id));
        Map<FeatureId, FeatureSlice> slices = new TreeMap<>(java.util.Comparator.comparingLong(FeatureId::key));
        byLayer.forEach((layer, ids) -> {
            Sae sae = Sae.read(java.nio.file.Path.of(saeFolder).resolve("layer=" + layer));
            ids.forEach(id -> slices.put(id, sae.slice(new int[] {id.feature()})));
        });
        return new FeaturePool(features, new java.util.HashMap<>(slices));
    }

    /** The rows of several features of one layer, in their order. */
    FeatureSlice joined(List<FeatureId> ofLayer) {
        if (ofLayer.size() == 1) {
            return slices.get(ofLayer.get(0));
        }
        List<FeatureSlice> parts = ofLayer.stream().map(slices::get).toList();
        int d = parts.get(0).w_enc_MD().length;
        int count = parts.size();
        FeatureSlice all = new FeatureSlice(
                parts.get(0).at(),
                new int[count],
                new float[count * d],
                new float[count],
                new float[count],
                new float[count * d]);
        for (int m = 0; m < count; m++) {
            FeatureSlice part = parts.get(m);
            all.features_M()[m] = part.features_M()[0];
            System.arraycopy(part.w_enc_MD(), 0, all.w_enc_MD(), m * d, d);
            all.b_enc_M()[m] = part.b_enc_M()[0];
            all.threshold_M()[m] = part.threshold_M()[0];
            System.arraycopy(part.w_dec_MD(), 0, all.w_dec_MD(), m * d, d);
        }
        return all;
    }
}
