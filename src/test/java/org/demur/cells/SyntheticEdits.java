package org.demur.cells;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.demur.edit.FeatureSlice;
import org.demur.edit.HookPoint;

/** Edits for tests of other packages, from slices of ones. */
public final class SyntheticEdits {
    private SyntheticEdits() {}

    /** Edits of these sets' features in a stream of the direction's width. */
    public static CellEdits of(SelectedDirection direction, FeatureSets sets) {
        int d = direction.vector_D().length;
        Map<Integer, FeatureSlice> slices = new TreeMap<>();
        sets.featuresByLayer().forEach((layer, features) -> {
            float[] ones = new float[features.length * d];
            Arrays.fill(ones, 1);
            slices.put(
                    layer,
                    new FeatureSlice(
                            HookPoint.residPost(layer),
                            features,
                            ones,
                            new float[features.length],
                            new float[features.length],
                            ones));
        });
        return new CellEdits(direction, sets, slices);
    }
}
