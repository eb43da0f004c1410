package org.demur.engine;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.demur.edit.Edit;
import org.demur.edit.HookPoint;

/** Sequences of a batch whose edits at one point have the same shapes, in the order of the edits. */
final class EditGroup {
    private final List<EditShape> shapes;
    private final List<Member> members;
    private final List<TokenSequence> sequences;
    private final Selection[] selections;

    EditGroup(HookPoint point, List<EditShape> shapes, List<Member> members, List<TokenSequence> sequences) {
        if (shapes.size() > 1 && shapes.stream().anyMatch(s -> s.kind() == EditShape.Kind.INTERPOLATE)) {
            throw new IllegalArgumentException("Interpolate at " + point + " must be a sequence's only edit there");
        }
        this.shapes = shapes;
        this.members = members;
        this.sequences = sequences;
        this.selections = new Selection[shapes.size()];
    }

    /**
     * One sequence and its edits at the point.
     *
     * @param sequence its number in the batch
     */
    record Member(int sequence, List<Edit> edits) {}

    /**
     * The tokens of a layout that one step changes.
     *
     * @param isEmpty none at all
     * @param index packed rows; all of them where absent
     * @param numbers [rows, 1], or [1, 1] where all are the same
     */
    record Selection(boolean isEmpty, Optional<PtNDArray> index, Optional<PtNDArray> numbers) {
        private static final Selection NONE = new Selection(true, Optional.empty(), Optional.empty());
    }

    List<EditShape> shapes() {
        return shapes;
    }

    List<Member> members() {
        return members;
    }

    /** The tokens that a step changes; found once, as a batch has one layout. */
    Selection selection(int step, TokenLayout layout, PtNDManager manager) {
        if (selections[step] == null) {
            selections[step] = select(step, layout, manager);
        }
        return selections[step];
    }

    private Selection select(int step, TokenLayout layout, PtNDManager manager) {
        LongStream.Builder rows = LongStream.builder();
        float[] numbers = new float[layout.tokens()];
        int n = 0;
        for (Member member : members) {
            int b = member.sequence();
            float number = EditShape.number(member.edits().get(step));
            for (int t = layout.firstOwned(b); t < layout.length(b); t++) {
                if (holds(shapes.get(step).within(), layout, sequences.get(b), t)) {
                    rows.add(layout.row(b, t));
                    numbers[n++] = number;
                }
            }
        }
        if (n == 0) {
            return Selection.NONE;
        }
        float[] column = same(numbers, n) ? new float[] {numbers[0]} : Arrays.copyOf(numbers, n);
        Optional<PtNDArray> index = n == layout.tokens()
                ? Optional.empty()
                : Optional.of(TorchRuntime.longs(manager, rows.build().toArray()));
        return new Selection(false, index, Optional.of(TorchRuntime.floats(manager, column, column.length, 1)));
    }

    private static boolean holds(EditShape.Where where, TokenLayout layout, TokenSequence sequence, int t) {
        if (where.all()) {
            return true;
        }
        return layout.generated()
                ? where.generated()
                : where.prompt().contains(sequence.classes().get(layout.past() + t));
    }

    private static boolean same(float[] numbers, int count) {
        for (int i = 1; i < count; i++) {
            if (numbers[i] != numbers[0]) {
                return false;
            }
        }
        return true;
    }
}
