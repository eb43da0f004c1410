package org.demur.engine;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.demur.edit.Condition;
import org.demur.edit.Edit;
import org.demur.edit.FeatureSlice;
import org.demur.edit.HookPoint;

/**
 * Applies the edits of a packed batch at a hook point. Sequences whose edits there differ in nothing but their number (a
 * coefficient, a factor, a value) are edited together.
 */
final class ResidualEditor {
    private final PtNDManager manager;
    private final int d;
    private final EditedBatch batch;
    private final Uploads uploads;
    private final FeatureSteps features;
    private final Map<HookPoint, List<EditGroup>> groups = new HashMap<>();
    private final Map<HookPoint, List<Watched>> watched = new HashMap<>();

    /** A step of a group whose condition is looked at somewhere. */
    private record Watched(EditGroup group, int step, Condition condition) {}

    /**
     * For one batch.
     *
     * @param d width of the stream
     */
    ResidualEditor(PtNDManager manager, int d, EditedBatch batch) {
        this.manager = manager;
        this.d = d;
        this.batch = batch;
        this.uploads = new Uploads(manager, d);
        this.features = new FeatureSteps(uploads);
        Map<HookPoint, Map<List<EditShape>, List<EditGroup.Member>>> byPoint = new HashMap<>();
        for (int b = 0; b < batch.sequences().size(); b++) {
            int row = b;
            byPoint(batch.sequences().get(b).edits())
                    .forEach((point, edits) -> byPoint.computeIfAbsent(point, p -> new LinkedHashMap<>())
                            .computeIfAbsent(edits.stream().map(EditShape::of).toList(), shapes -> new ArrayList<>())
                            .add(new EditGroup.Member(row, edits)));
        }
        byPoint.forEach((point, members) ->
                members.forEach((shapes, rows) -> add(point, new EditGroup(point, shapes, rows, batch))));
    }

    private static Map<HookPoint, List<Edit>> byPoint(List<Edit> edits) {
        Map<HookPoint, List<Edit>> byPoint = new LinkedHashMap<>();
        for (Edit edit : edits) {
            for (HookPoint point : edit.points()) {
                byPoint.computeIfAbsent(point, p -> new ArrayList<>()).add(edit);
            }
        }
        return byPoint;
    }

    private void add(HookPoint point, EditGroup group) {
        groups.computeIfAbsent(point, p -> new ArrayList<>()).add(group);
        for (int step = 0; step < group.shapes().size(); step++) {
            Optional<Condition> condition = group.shapes().get(step).where().condition();
            if (condition.isPresent()) {
                watched.computeIfAbsent(condition.get().at(), p -> new ArrayList<>())
                        .add(new Watched(group, step, condition.get()));
            }
        }
    }

    boolean touches(HookPoint point) {
        return groups.containsKey(point) || watched.containsKey(point);
    }

    /** The alphas of a point whose edits are one interpolation of every token; gradients pass it times 1 - alpha. */
    Optional<PtNDArray> interpolation(HookPoint point) {
        List<EditGroup> here = groups.getOrDefault(point, List.of());
        if (here.size() != 1 || watched.containsKey(point)) {
            return Optional.empty();
        }
        EditShape shape = here.get(0).shapes().get(0);
        EditGroup.Selection selection = here.get(0).selection(0, manager);
        boolean isWhole = shape.kind() == EditShape.Kind.INTERPOLATE
                && shape.where().condition().isEmpty()
                && selection.index().isEmpty();
        return isWhole ? selection.numbers() : Optional.empty();
    }

    /** The values after this point's edits; {@code x_ND} itself when there are none. */
    PtNDArray apply(HookPoint point, PtNDArray x_ND, ScriptCalls calls) {
        watched.getOrDefault(point, List.of()).forEach(each -> watch(each, x_ND, calls));
        PtNDArray x = x_ND;
        for (EditGroup group : groups.getOrDefault(point, List.of())) {
            int end;
            for (int step = 0; step < group.shapes().size(); step = end) {
                end = group.endOfRun(step);
                PtNDArray next = end > step + 1 ? run(x, group, step, end, calls) : step(x, group, step, calls);
                if (calls.freesInputs() && x != x_ND && next != x) {
                    x.close();
                }
                x = next;
            }
        }
        return x;
    }

    private void watch(Watched each, PtNDArray x, ScriptCalls calls) {
        EditGroup.Selection selection = each.group.selection(each.step, manager);
        if (selection.isEmpty()) {
            return;
        }
        PtNDArray rows = rows(x, selection, calls);
        PtNDArray number_N1;
        float value;
        if (each.condition instanceof Condition.FeatureAbove above) {
            number_N1 = features.read(above.feature(), rows, calls);
            value = above.value();
        } else {
            Condition.ProjectionAbove above = (Condition.ProjectionAbove) each.condition;
            number_N1 = calls.one("projection", rows, uploads.vector(above.unit()));
            value = above.value();
        }
        each.group.mask(each.step, calls.one("above", number_N1, uploads.number(each.condition, value)));
    }

    private static PtNDArray rows(PtNDArray x, EditGroup.Selection selection, ScriptCalls calls) {
        return selection.index().isPresent()
                ? calls.one("rows", x, selection.index().get())
                : x;
    }

    private PtNDArray step(PtNDArray x, EditGroup group, int step, ScriptCalls calls) {
        EditGroup.Selection selection = group.selection(step, manager);
        if (selection.isEmpty()) {
            return x;
        }
        if (selection.index().isEmpty()) {
            return changed(x, x, group, step, calls);
        }
        PtNDArray index = selection.index().get();
        PtNDArray rows = calls.one("rows", x, index);
        PtNDArray edited = changed(rows, x, group, step, calls);
        if (!calls.freesInputs()) {
            return calls.one("with_rows", x, index, edited);
        }
        // Without autograd the stream belongs to the pass alone, so the other rows need not be copied.
        calls.one("set_rows", x, index, edited).close();
        rows.close();
        edited.close();
        return x;
    }

    /** Several steps that read the same stream: what each would add is added up. */
    private PtNDArray run(PtNDArray x, EditGroup group, int from, int to, ScriptCalls calls) {
        PtNDArray sum = x;
        for (int step = from; step < to; step++) {
            EditGroup.Selection selection = group.selection(step, manager);
            if (selection.isEmpty()) {
                continue;
            }
            PtNDArray rows = rows(x, selection, calls);
            PtNDArray edited = changed(rows, x, group, step, calls);
            PtNDArray difference = calls.one("minus", edited, rows);
            PtNDArray next = selection.index().isPresent()
                    ? calls.one("plus_rows", sum, selection.index().get(), difference)
                    : calls.one("plus", sum, difference);
            if (calls.freesInputs()) {
                free(x, rows, edited, difference, sum);
            }
            sum = next;
        }
        return sum;
    }

    private static void free(PtNDArray needed, PtNDArray... unneeded) {
        for (PtNDArray tensor : unneeded) {
            if (tensor != needed) {
                tensor.close();
            }
        }
    }

    /** Rows of the stream {@code x} after a step, held back where a condition fails. */
    private PtNDArray changed(PtNDArray rows, PtNDArray x, EditGroup group, int step, ScriptCalls calls) {
        PtNDArray edited = edited(rows, x, group, step, calls);
        Optional<PtNDArray> mask = group.mask(step);
        if (mask.isEmpty()) {
            return edited;
        }
        PtNDArray held = calls.one("interpolate", rows, edited, mask.get());
        if (calls.freesInputs()) {
            edited.close();
        }
        return held;
    }

    private PtNDArray edited(PtNDArray rows, PtNDArray x, EditGroup group, int step, ScriptCalls calls) {
        Object payload = group.shapes().get(step).payload();
        PtNDArray numbers = group.selection(step, manager).numbers().orElseThrow();
        return switch (group.shapes().get(step).kind()) {
            case ABLATE -> calls.one("ablate_direction", rows, uploads.vector((float[]) payload));
            case ADD -> calls.one("add_direction", rows, uploads.vector((float[]) payload), numbers);
            case SCALE -> features.fused("scale", (FeatureSlice) payload, rows, numbers, calls);
            case CLAMP -> features.fused("clamp", (FeatureSlice) payload, rows, numbers, calls);
            case CLAMP_ACTIVE -> features.changed("clamp_active_change", (FeatureSlice) payload, rows, numbers, calls);
            case CAP -> features.changed("cap_change", (FeatureSlice) payload, rows, numbers, calls);
            case EACH -> {
                EditShape.Values values = (EditShape.Values) payload;
                yield features.changed("clamp_change", values.slice(), rows, uploads.vector(values.value_M()), calls);
            }
            case AT_TOKENS ->
                atTokens((FeatureSlice) payload, rows, group.tokenValues(step, ((FeatureSlice) payload).size()), calls);
            case UNEDITED -> unedited((FeatureSlice) payload, rows, x, group.uneditedRows(step), calls);
            case INTERPOLATE -> interpolated(rows, group, numbers, calls);
        };
    }

    private PtNDArray atTokens(FeatureSlice slice, PtNDArray rows, float[] value_NM, ScriptCalls calls) {
        try (PtNDArray values = TorchRuntime.floats(manager, value_NM, value_NM.length / slice.size(), slice.size())) {
            return features.changed("token_change", slice, rows, values, calls);
        }
    }

    private PtNDArray unedited(FeatureSlice slice, PtNDArray rows, PtNDArray x, long[] twinRows, ScriptCalls calls) {
        try (PtNDArray index = TorchRuntime.longs(manager, twinRows);
                PtNDArray twins = calls.one("rows", x, index);
                PtNDArray values = features.read(slice, twins, calls)) {
            return features.changed("clamp_change", slice, rows, values, calls);
        }
    }

    private PtNDArray interpolated(PtNDArray x, EditGroup group, PtNDArray alphas, ScriptCalls calls) {
        TokenLayout layout = batch.layout();
        int tokens = group.members().stream()
                .mapToInt(member -> layout.length(member.sequence()))
                .sum();
        float[] target_ND = new float[tokens * d];
        int at = 0;
        for (EditGroup.Member member : group.members()) {
            Edit.Interpolate edit = (Edit.Interpolate) member.edits().get(0);
            int length = layout.length(member.sequence()) * d;
            if (edit.target_TD().length != length) {
                throw new IllegalArgumentException("Interpolate at " + edit.at() + " has a target of "
                        + edit.target_TD().length + " values; its sequence has "
                        + layout.length(member.sequence()) + " tokens of width " + d);
            }
            System.arraycopy(edit.target_TD(), 0, target_ND, at, length);
            at += length;
        }
        PtNDArray target = TorchRuntime.floats(manager, target_ND, tokens, d);
        PtNDArray between = calls.one("interpolate", x, target, alphas);
        if (calls.freesInputs()) {
            target.close();
        }
        return between;
    }
}
