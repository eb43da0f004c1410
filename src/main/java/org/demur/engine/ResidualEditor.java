package org.demur.engine;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.demur.edit.Edit;
import org.demur.edit.FeatureRule;
import org.demur.edit.FeatureSlice;
import org.demur.edit.HookPoint;

/**
 * Applies the edits of a packed batch at a hook point. Sequences with the same edits there are edited together; vectors
 * and feature columns are copied to native memory once for as long as the editor lives.
 */
final class ResidualEditor {
    /** Sequences that have the same edits at one point, in the order of the edits. */
    private record Group(List<Edit> edits, List<Integer> sequences) {
        boolean interpolates() {
            return edits.size() == 1 && edits.get(0) instanceof Edit.Interpolate;
        }
    }

    private final PtNDManager manager;
    private final int d;
    private final int sequences;
    private final Map<HookPoint, List<Group>> groups = new HashMap<>();
    private final Map<Object, PtNDArray> uploaded = new IdentityHashMap<>();

    ResidualEditor(PtNDManager manager, int d, List<List<Edit>> editsPerSequence) {
        this.manager = manager;
        this.d = d;
        this.sequences = editsPerSequence.size();
        Map<HookPoint, Map<List<Edit>, List<Integer>>> byPoint = new HashMap<>();
        for (int b = 0; b < sequences; b++) {
            for (Map.Entry<HookPoint, List<Edit>> entry :
                    byPoint(editsPerSequence.get(b)).entrySet()) {
                byPoint.computeIfAbsent(entry.getKey(), point -> new LinkedHashMap<>())
                        .computeIfAbsent(entry.getValue(), edits -> new ArrayList<>())
                        .add(b);
            }
        }
        byPoint.forEach((point, members) -> {
            List<Group> list = new ArrayList<>();
            members.forEach((edits, rows) -> list.add(new Group(edits, rows)));
            groups.put(point, list);
        });
    }

    private static Map<HookPoint, List<Edit>> byPoint(List<Edit> edits) {
        Map<HookPoint, List<Edit>> byPoint = new HashMap<>();
        for (Edit edit : edits) {
            for (HookPoint point : edit.points()) {
                byPoint.computeIfAbsent(point, p -> new ArrayList<>()).add(edit);
            }
        }
        return byPoint;
    }

    /** The stream after this point's edits; {@code x_ND} itself when there are none. */
    PtNDArray apply(HookPoint point, PtNDArray x_ND, TokenLayout layout, ScriptCalls calls) {
        List<Group> at = groups.getOrDefault(point, List.of());
        if (!at.isEmpty() && at.stream().allMatch(Group::interpolates)) {
            return interpolate(x_ND, at, layout, calls);
        }
        PtNDArray x = x_ND;
        for (Group group : at) {
            boolean all = group.sequences.size() == sequences;
            PtNDArray next = all ? edit(x, group, calls) : editRows(x, group, layout, calls);
            if (calls.freesInputs() && x != x_ND) {
                x.close();
            }
            x = next;
        }
        return x;
    }

    private PtNDArray editRows(PtNDArray x, Group group, TokenLayout layout, ScriptCalls calls) {
        try (PtNDArray index = TorchRuntime.longs(manager, layout.rowsOf(group.sequences))) {
            PtNDArray rows = calls.one("rows", x, index);
            PtNDArray edited = edit(rows, group, calls);
            PtNDArray result = calls.one("with_rows", x, index, edited);
            if (calls.freesInputs()) {
                rows.close();
                edited.close();
            }
            return result;
        }
    }

    private PtNDArray edit(PtNDArray start, Group group, ScriptCalls calls) {
        PtNDArray x = start;
        for (Edit edit : group.edits) {
            PtNDArray next = step(x, edit, calls);
            if (calls.freesInputs() && x != start) {
                x.close();
            }
            x = next;
        }
        return x;
    }

    private PtNDArray step(PtNDArray x, Edit edit, ScriptCalls calls) {
        if (edit instanceof Edit.AblateDirection ablate) {
            return calls.one("ablate_direction", x, vector(ablate.unit()));
        }
        if (edit instanceof Edit.AddDirection add) {
            return calls.one("add_direction", x, scaled(add));
        }
        if (edit instanceof Edit.EditFeatures features) {
            return editFeatures(x, features, calls);
        }
        throw new IllegalArgumentException("Interpolate at " + edit.points() + " must be a sequence's only edit there");
    }

    private PtNDArray editFeatures(PtNDArray x, Edit.EditFeatures edit, ScriptCalls calls) {
        FeatureSlice slice = edit.features();
        PtNDArray encoder = matrix(slice.w_enc_MD());
        PtNDArray bias = vector(slice.b_enc_M());
        PtNDArray threshold = threshold(slice);
        PtNDArray decoder = matrix(slice.w_dec_MD());
        String method = edit.rule() instanceof FeatureRule.Scale ? "scale_features" : "clamp_features";
        float number = edit.rule() instanceof FeatureRule.Scale scale
                ? scale.factor() - 1
                : ((FeatureRule.Clamp) edit.rule()).value();
        try (PtNDArray argument = TorchRuntime.floats(manager, new float[] {number}, 1)) {
            return calls.one(method, x, encoder, bias, threshold, decoder, argument);
        }
    }

    /** All sequences' interpolations at one point in one step; sequences without one keep their stream (alpha 0). */
    private PtNDArray interpolate(PtNDArray x, List<Group> at, TokenLayout layout, ScriptCalls calls) {
        float[] target_ND = new float[layout.tokens() * d];
        float[] alpha_N = new float[layout.tokens()];
        for (Group group : at) {
            Edit.Interpolate edit = (Edit.Interpolate) group.edits.get(0);
            for (int b : group.sequences) {
                int tokens = layout.lengths()[b];
                if (edit.target_TD().length != tokens * d) {
                    throw new IllegalArgumentException("Interpolate at " + edit.at() + " has a target of "
                            + edit.target_TD().length + " values; its sequence has " + tokens + " tokens of width "
                            + d);
                }
                System.arraycopy(edit.target_TD(), 0, target_ND, layout.starts()[b] * d, tokens * d);
                Arrays.fill(alpha_N, layout.starts()[b], layout.starts()[b] + tokens, edit.alpha());
            }
        }
        return calls.one(
                "interpolate",
                x,
                TorchRuntime.floats(manager, target_ND, layout.tokens(), d),
                TorchRuntime.floats(manager, alpha_N, layout.tokens(), 1));
    }

    private PtNDArray threshold(FeatureSlice slice) {
        float[] threshold_M = slice.threshold_M();
        return uploaded.computeIfAbsent(threshold_M, key -> {
            float[] nonNegative_M = new float[threshold_M.length];
            for (int m = 0; m < threshold_M.length; m++) {
                nonNegative_M[m] = Math.max(threshold_M[m], 0);
            }
            return TorchRuntime.floats(manager, nonNegative_M, threshold_M.length);
        });
    }

    private PtNDArray scaled(Edit.AddDirection add) {
        // Keyed by the edit: the same vector may be added with several coefficients.
        return uploaded.computeIfAbsent(add, key -> {
            float[] vector = add.vector().clone();
            for (int i = 0; i < vector.length; i++) {
                vector[i] *= add.coefficient();
            }
            return TorchRuntime.floats(manager, vector, vector.length);
        });
    }

    private PtNDArray vector(float[] values) {
        return uploaded.computeIfAbsent(values, key -> TorchRuntime.floats(manager, values, values.length));
    }

    private PtNDArray matrix(float[] values) {
        return uploaded.computeIfAbsent(values, key -> TorchRuntime.floats(manager, values, values.length / d, d));
    }
}
