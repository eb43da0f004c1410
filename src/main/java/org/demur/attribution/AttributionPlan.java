package org.demur.attribution;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.demur.cells.SelectedDirection;
import org.demur.edit.FeatureSlice;
import org.demur.edit.HookPoint;
import org.demur.engine.ModelSpec;

/**
 * Everything that a task needs besides its prompts; broadcast once.
 *
 * @param slices the candidates' rows of each SAE, by layer in ascending order
 * @param saeFolder folder with {@code layer=N} for each SAE, readable by executors
 * @param direction the refusal direction
 * @param modes paths to compute
 * @param steps gradients along a path, by mode
 * @param tokenClasses classes of the tokens that count
 */
record AttributionPlan(
        ModelSpec model,
        Map<Integer, FeatureSlice> slices,
        String saeFolder,
        SelectedDirection direction,
        List<AttributionMode> modes,
        AttributionSettings.Steps steps,
        Set<String> tokenClasses,
        int maxTokensPerBatch)
        implements Serializable {

    List<Integer> layers() {
        return slices.keySet().stream().sorted().toList();
    }

    /** The point of that layer whose stream its SAE reads. */
    HookPoint at(int layer) {
        return slices.get(layer).at();
    }

    /** The points of all SAEs, in forward order. */
    SortedSet<HookPoint> points() {
        SortedSet<HookPoint> points = new TreeSet<>();
        slices.values().forEach(slice -> points.add(slice.at()));
        return points;
    }
}
