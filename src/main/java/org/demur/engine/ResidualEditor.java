package org.demur.engine;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.demur.edit.Edit;
import org.demur.edit.FeatureSlice;
import org.demur.edit.HookPoint;

/**
 * Applies the edits of a packed batch at a hook point. Sequences whose edits there differ in nothing but their number (a
 * coefficient, a factor, a value) are edited together; vectors and feature columns are copied to the model's memory once
 * for as long as the editor lives.
 */
final class ResidualEditor {
    private final PtNDManager manager;
    private final int d;
    private final TokenLayout layout;
    private final Map<HookPoint, List<EditGroup>> groups = new HashMap<>();
    private final Map<Object, PtNDArray> uploaded = new IdentityHashMap<>();

    /**
     * For one batch.
     *
     * @param d width of the stream
     * @param sequences rows of the batch
     * @param layout how their tokens lie
     */
    ResidualEditor(PtNDManager manager, int d, List<TokenSequence> sequences, TokenLayout layout) {
        this.manager = manager;
        this.d = d;
        this.layout = layout;
        Map<HookPoint, Map<List<EditShape>, List<EditGroup.Member>>> byPoint = new HashMap<>();
        for (int b = 0; b < sequences.size(); b++) {
            int row = b;
            byPoint(sequences.get(b).edits())
                    .forEach((point, edits) -> byPoint.computeIfAbsent(point, p -> new LinkedHashMap<>())
                            .computeIfAbsent(edits.stream().map(EditShape::of).toList(), shapes -> new ArrayList<>())
                            .add(new EditGroup.Member(row, edits)));
        }
        byPoint.forEach((point, members) -> {
            List<EditGroup> list = new ArrayList<>();
            members.forEach((shapes, rows) -> list.add(new EditGroup(point, shapes, rows, sequences)));
            groups.put(point, list);
        });
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

    boolean touches(HookPoint point) {
        return groups.containsKey(point);
    }

    /** The values after this point's edits; {@code x_ND} itself when there are none. */
    PtNDArray apply(HookPoint point, PtNDArray x_ND, ScriptCalls calls) {
        PtNDArray x = x_ND;
        for (EditGroup group : groups.getOrDefault(point, List.of())) {
            for (int step = 0; step < group.shapes().size(); step++) {
                PtNDArray next = step(x, group, step, calls);
                if (calls.freesInputs() && x != x_ND && next != x) {
                    x.close();
                }
                x = next;
            }
        }
        return x;
    }

    private PtNDArray step(PtNDArray x, EditGroup group, int step, ScriptCalls calls) {
        EditGroup.Selection selection = group.selection(step, layout, manager);
        if (selection.isEmpty()) {
            return x;
        }
        if (selection.index().isEmpty()) {
            return changed(x, group, step, calls);
        }
        PtNDArray index = selection.index().get();
        PtNDArray rows = calls.one("rows", x, index);
        PtNDArray edited = changed(rows, group, step, calls);
        if (!calls.freesInputs()) {
            return calls.one("with_rows", x, index, edited);
        }
        // Without autograd the stream belongs to the pass alone, so the other rows need not be copied.
        calls.one("set_rows", x, index, edited).close();
        rows.close();
        edited.close();
        return x;
    }

    private PtNDArray changed(PtNDArray x, EditGroup group, int step, ScriptCalls calls) {
        EditShape shape = group.shapes().get(step);
        PtNDArray numbers = group.selection(step, layout, manager).numbers().orElseThrow();
        return switch (shape.kind()) {
            case ABLATE -> calls.one("ablate_direction", x, vector((float[]) shape.payload()));
            case ADD -> calls.one("add_direction", x, vector((float[]) shape.payload()), numbers);
            case SCALE -> features("scale_features", x, (FeatureSlice) shape.payload(), numbers, calls);
            case CLAMP -> features("clamp_features", x, (FeatureSlice) shape.payload(), numbers, calls);
            case INTERPOLATE -> interpolated(x, group, numbers, calls);
        };
    }

    private PtNDArray features(String method, PtNDArray x, FeatureSlice slice, PtNDArray numbers, ScriptCalls calls) {
        return calls.one(
                method,
                x,
                matrix(slice.w_enc_MD()),
                vector(slice.b_enc_M()),
                threshold(slice),
                matrix(slice.w_dec_MD()),
                numbers);
    }

    private PtNDArray interpolated(PtNDArray x, EditGroup group, PtNDArray alphas, ScriptCalls calls) {
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
        return calls.one("interpolate", x, TorchRuntime.floats(manager, target_ND, tokens, d), alphas);
    }

    private PtNDArray threshold(FeatureSlice slice) {
        float[] threshold_M = slice.threshold_M();
        return uploaded.computeIfAbsent(threshold_M, key -> {
            float[] nonNegative_M = new float[threshold_M.length];
            IntStream.range(0, threshold_M.length).forEach(m -> nonNegative_M[m] = Math.max(threshold_M[m], 0));
            return TorchRuntime.floats(manager, nonNegative_M, threshold_M.length);
        });
    }

    private PtNDArray vector(float[] values) {
        return uploaded.computeIfAbsent(values, key -> TorchRuntime.floats(manager, values, values.length));
    }

    private PtNDArray matrix(float[] values) {
        return uploaded.computeIfAbsent(values, key -> TorchRuntime.floats(manager, values, values.length / d, d));
    }
}
