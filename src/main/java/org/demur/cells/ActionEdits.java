package org.demur.cells;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.edit.Condition;
import org.demur.edit.Edit;
import org.demur.edit.FeatureRule;
import org.demur.edit.FeatureSlice;
import org.demur.edit.HookPoint;
import org.demur.runtime.RunSeed;

/** Makes the edits of single actions. */
final class ActionEdits {
    private final SelectedDirection direction;
    private final Dictionaries dictionaries;
    private final ReferenceValues values;
    private final RunSeed seed;

    /** Actions that differ in nothing but their coefficient share their features' rows, which the engine then reads once. */
    private final Map<PickKey, List<FeatureSlice>> picked = new ConcurrentHashMap<>();

    /** Edits that wait for the same thing share it as one object. */
    private final Map<Trigger, Condition> conditions = new ConcurrentHashMap<>();

    private record PickKey(List<RankedFeature> members, List<Integer> layers, String form, boolean isInMaxima) {}

    ActionEdits(SelectedDirection direction, Dictionaries dictionaries, ReferenceValues values, RunSeed seed) {
        this.direction = direction;
        this.dictionaries = dictionaries;
        this.values = values;
        this.seed = seed;
    }

    /**
     * The edits of an action in forward order.
     *
     * @param members features that it edits
     * @param prompt set and id of the prompt, for actions that differ by prompt
     */
    List<Edit> make(Action action, List<RankedFeature> members, PromptName prompt) {
        List<Edit> edits =
                switch (action.method()) {
                    case NONE -> List.of();
                    case DIRECTION_ABLATION -> ablation(action);
                    case DIRECTION_ADDITION -> addition(action);
                    case FEATURE_SCALE,
                            FEATURE_CLAMP,
                            FEATURE_CLAMP_ACTIVE,
                            FEATURE_SET_VALUE,
                            FEATURE_CAP,
                            FEATURE_MEAN_ABLATION,
                            FEATURE_RESAMPLE_ABLATION,
                            FEATURE_RESTORE,
                            FEATURE_RETAIN ->
                        slices(action, members).stream()
                                .<Edit>map(
                                        slice -> new Edit.EditFeatures(slice.at(), slice, rule(action, slice, prompt)))
                                .toList();
                };
        return edits.stream()
                .flatMap(edit -> triggered(edit, action.trigger()).stream())
                .map(scopeOf(action)::within)
                .toList();
    }

    /** Values of another prompt's tokens end with them. */
    private static Scope scopeOf(Action action) {
        Scope scope = action.scope();
        return action.method() == Method.FEATURE_RESTORE
                ? new Scope(scope.positions(), List.of(Scope.PROMPT), scope.layers())
                : scope;
    }

    private List<Edit> ablation(Action action) {
        Edit.AblateDirection everywhere = (Edit.AblateDirection) direction.ablation();
        List<HookPoint> points =
                everywhere.points().stream().filter(action.scope()::holdsAt).toList();
        return points.isEmpty() ? List.of() : List.of(new Edit.AblateDirection(points, everywhere.unit()));
    }

    private List<Edit> addition(Action action) {
        Edit.AddDirection usual = (Edit.AddDirection) direction.addition(action.coefficient());
        if (action.scope().layers().isEmpty()) {
            return List.of(usual);
        }
        return action.scope().layers().stream()
                .<Edit>map(
                        layer -> new Edit.AddDirection(HookPoint.residPost(layer), usual.vector(), usual.coefficient()))
                .toList();
    }

    /** The rows of an action's features, layer by layer. */
    List<FeatureSlice> slices(Action action, List<RankedFeature> members) {
        PickKey key = new PickKey(
                members,
                action.scope().layers(),
                action.features().form(),
                action.method().isInMaxima());
        return picked.computeIfAbsent(key, this::pick);
    }

    private List<FeatureSlice> pick(PickKey key) {
        Map<Integer, List<RankedFeature>> byLayer = new TreeMap<>();
        for (RankedFeature member : key.members) {
            if (key.layers.isEmpty() || key.layers.contains(member.layer())) {
                byLayer.computeIfAbsent(member.layer(), layer -> new ArrayList<>())
                        .add(member);
            }
        }
        List<FeatureSlice> slices = new ArrayList<>();
        byLayer.forEach((layer, ofLayer) -> {
            FeatureSlice slice = dictionaries.slice(layer, ofLayer, key.form);
            slices.add(key.isInMaxima ? SliceRows.inUnits(slice, maxima(ofLayer)) : slice);
        });
        return List.copyOf(slices);
    }

    private static float[] maxima(List<RankedFeature> members) {
        float[] unit_M = new float[members.size()];
        for (int m = 0; m < unit_M.length; m++) {
            unit_M[m] = members.get(m).maxActivation();
        }
        return unit_M;
    }

    private FeatureRule rule(Action action, FeatureSlice slice, PromptName prompt) {
        float coefficient = (float) action.coefficient();
        Borrowed borrowed = new Borrowed(values);
        return switch (action.method()) {
            case FEATURE_SCALE -> new FeatureRule.Scale(coefficient);
            case FEATURE_CLAMP, FEATURE_SET_VALUE -> new FeatureRule.Clamp(coefficient);
            case FEATURE_CLAMP_ACTIVE -> new FeatureRule.ClampActive(coefficient);
            case FEATURE_CAP -> new FeatureRule.Cap(coefficient);
            case FEATURE_MEAN_ABLATION ->
                new FeatureRule.Each(borrowed.means(
                        slice, action.reference().set(), action.scope().positions()));
            case FEATURE_RESAMPLE_ABLATION -> new FeatureRule.AtTokens(resampled(action, slice, prompt, borrowed));
            case FEATURE_RESTORE -> new FeatureRule.AtTokens(restored(action, slice, prompt, borrowed));
            case FEATURE_RETAIN -> new FeatureRule.Unedited();
            case NONE, DIRECTION_ABLATION, DIRECTION_ADDITION ->
                throw new IllegalArgumentException(action.method() + " edits no features");
        };
    }

    private float[] resampled(Action action, FeatureSlice slice, PromptName prompt, Borrowed borrowed) {
        List<TokenValues> others = values.of(action.reference().set()).stream()
                .filter(donor -> !prompt.equals(new PromptName(donor.set(), donor.promptId())))
                .toList();
        RunSeed draws = new RunSeed(seed.derive("resample " + prompt.set() + "/" + prompt.id()));
        return borrowed.resampled(slice, others, values.layout(prompt.set(), prompt.id()), draws);
    }

    private float[] restored(Action action, FeatureSlice slice, PromptName prompt, Borrowed borrowed) {
        TokenValues partner = values.partner(action.reference(), prompt.set(), prompt.id());
        float[] value_TM = borrowed.aligned(slice, partner, values.layout(prompt.set(), prompt.id()));
        for (int i = 0; i < value_TM.length; i++) {
            value_TM[i] *= (float) action.coefficient();
        }
        return value_TM;
    }

    private List<Edit> triggered(Edit edit, Trigger trigger) {
        if (trigger.isAlways()) {
            return List.of(edit);
        }
        if (trigger.isOfFeature() || trigger.layer() >= 0) {
            Condition condition = conditions.computeIfAbsent(trigger, this::condition);
            requireBefore(condition, edit);
            return List.of(new Edit.When(condition, edit));
        }
        return edit.points().stream()
                .<Edit>map(point -> new Edit.When(
                        new Condition.ProjectionAbove(
                                point, SelectedDirection.unit(direction.vector_D()), (float) trigger.above()),
                        at(edit, point)))
                .toList();
    }

    private static void requireBefore(Condition condition, Edit edit) {
        for (HookPoint point : edit.points()) {
            if (point.compareTo(condition.at()) < 0) {
                throw new JobException(
                        ExitCode.USAGE,
                        "An edit at " + point.site().sqlName() + " of layer " + point.layer()
                                + " waits for a condition at "
                                + condition.at().site().sqlName() + " of layer "
                                + condition.at().layer(),
                        "The model computes the edit's layer first.",
                        "Name later layers in the grid entry's layers, or an earlier one in its condition.");
            }
        }
    }

    private Condition condition(Trigger trigger) {
        if (trigger.isOfFeature()) {
            List<RankedFeature> watched = List.of(new RankedFeature(1, trigger.layer(), trigger.feature(), 1));
            FeatureSlice slice = dictionaries.slice(trigger.layer(), watched, FeatureChoice.THRESHOLD);
            return new Condition.FeatureAbove(slice, (float) trigger.above());
        }
        return new Condition.ProjectionAbove(
                HookPoint.residPost(trigger.layer()), SelectedDirection.unit(direction.vector_D()), (float)
                        trigger.above());
    }

    private static Edit at(Edit edit, HookPoint point) {
        return edit instanceof Edit.AblateDirection ablation
                ? new Edit.AblateDirection(List.of(point), ablation.unit())
                : edit;
    }
}
