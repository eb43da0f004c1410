package org.demur.cells;

import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.demur.edit.Edit;
import org.demur.edit.FeatureRule;
import org.demur.edit.FeatureSlice;
import org.demur.runtime.StageContext;
import org.demur.sae.Sae;
import org.demur.schema.Table;

/**
 * Turns a cell into edits of the residual stream. Holds the selected direction, the feature sets and the rows of each
 * SAE that they need, so that a task needs no table; small enough to broadcast.
 */
public final class CellEdits implements Serializable {
    private static final long serialVersionUID = 1L;

    private final SelectedDirection direction;
    private final FeatureSets sets;
    private final Map<Integer, FeatureSlice> slices;
    /** Prompts of a cell share their edits as the same objects, which lets the engine treat them as one. */
    private final Map<Key, List<Edit>> made = new ConcurrentHashMap<>();

    /** Cells that differ in nothing but their coefficient share their features' rows, which the engine then reads once. */
    private final Map<SliceKey, List<FeatureSlice>> picked = new ConcurrentHashMap<>();

    private record SliceKey(Method kind, String featureSet, String promptId, int nFeatures) implements Serializable {}

    private record Key(String method, String featureSet, String promptId, int nFeatures, double coefficient)
            implements Serializable {}

    CellEdits(SelectedDirection direction, FeatureSets sets, Map<Integer, FeatureSlice> slices) {
        this.direction = direction;
        this.sets = sets;
        this.slices = slices;
    }

    /** Reads what the inputs {@code direction}, {@code attribute} and {@code train} of this stage published. */
    public static CellEdits load(StageContext context) {
        SelectedDirection direction =
                SelectedDirection.read(context.warehouse().read(Table.DIRECTIONS, context.input("direction")));
        FeatureSets sets = FeatureSets.read(context.warehouse().read(Table.FEATURE_SETS, context.input("attribute")));
        Path saes = context.warehouse().files("saes", context.input("train"));
        Map<Integer, FeatureSlice> slices = new TreeMap<>();
        sets.featuresByLayer()
                .forEach((layer, features) -> slices.put(
                        layer, Sae.read(saes.resolve("layer=" + layer)).slice(features)));
        return new CellEdits(direction, sets, slices);
    }

    /** The direction that cells remove or add. */
    public SelectedDirection direction() {
        return direction;
    }

    /** The feature sets that cells may name. */
    public FeatureSets featureSets() {
        return sets;
    }

    /** The edits of a cell for one prompt, in forward order. */
    public List<Edit> edits(Cell cell, String promptId) {
        boolean ofPrompt = sets.byPrompt().containsKey(cell.featureSet());
        Key key = new Key(
                cell.method(), cell.featureSet(), ofPrompt ? promptId : "", cell.nFeatures(), cell.coefficient());
        SliceKey slices = new SliceKey(cell.kind(), key.featureSet(), key.promptId(), key.nFeatures());
        return made.computeIfAbsent(key, missing -> make(cell, promptId, slices));
    }

    private List<Edit> make(Cell cell, String promptId, SliceKey key) {
        return switch (cell.kind()) {
            case NONE -> List.of();
            case DIRECTION_ABLATION -> List.of(direction.ablation());
            case DIRECTION_ADDITION -> List.of(direction.addition(cell.coefficient()));
            case FEATURE_SCALE, FEATURE_CLAMP ->
                picked.computeIfAbsent(key, missing -> pick(cell, promptId)).stream()
                        .map(slice -> featureEdit(cell, slice))
                        .toList();
        };
    }

    private List<FeatureSlice> pick(Cell cell, String promptId) {
        Map<Integer, List<RankedFeature>> byLayer = new TreeMap<>();
        sets.members(cell.featureSet(), promptId, cell.nFeatures())
                .forEach(member -> byLayer.computeIfAbsent(member.layer(), layer -> new ArrayList<>())
                        .add(member));
        return byLayer.entrySet().stream()
                .map(entry -> pick(cell.kind(), slices.get(entry.getKey()), entry.getValue()))
                .toList();
    }

    private static FeatureSlice pick(Method kind, FeatureSlice ofLayer, List<RankedFeature> members) {
        FeatureSlice slice = SliceRows.pick(ofLayer, members);
        if (kind == Method.FEATURE_SCALE) {
            return slice;
        }
        float[] unit_M = new float[members.size()];
        for (int m = 0; m < unit_M.length; m++) {
            unit_M[m] = members.get(m).maxActivation();
        }
        return SliceRows.inUnits(slice, unit_M);
    }

    private static Edit featureEdit(Cell cell, FeatureSlice slice) {
        float coefficient = (float) cell.coefficient();
        FeatureRule rule = cell.kind() == Method.FEATURE_SCALE
                ? new FeatureRule.Scale(coefficient)
                : new FeatureRule.Clamp(coefficient);
        return new Edit.EditFeatures(slice.at(), slice, rule);
    }
}
