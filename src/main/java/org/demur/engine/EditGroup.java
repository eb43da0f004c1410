package org.demur.engine;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.demur.edit.Edit;
import org.demur.edit.FeatureRule;
import org.demur.edit.HookPoint;

/** Sequences of a batch whose edits at one point have the same shapes, in the order of the edits. */
final class EditGroup {
    private final List<EditShape> shapes;
    private final List<Member> members;
    private final EditedBatch batch;
    private final Selection[] selections;
    private final PtNDArray[] masks;

    EditGroup(HookPoint point, List<EditShape> shapes, List<Member> members, EditedBatch batch) {
        if (shapes.size() > 1 && shapes.stream().anyMatch(s -> s.kind() == EditShape.Kind.INTERPOLATE)) {
            throw new IllegalArgumentException("Interpolate at " + point + " must be a sequence's only edit there");
        }
        this.shapes = shapes;
        this.members = members;
        this.batch = batch;
        this.selections = new Selection[shapes.size()];
        this.masks = new PtNDArray[shapes.size()];
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

    /** Takes a token of a member. */
    private interface Visitor {
        void token(Member member, int t);
    }

    List<EditShape> shapes() {
        return shapes;
    }

    List<Member> members() {
        return members;
    }

    /** The first step after {@code step} that does not read the same stream. */
    int endOfRun(int step) {
        int end = step + 1;
        while (end < shapes.size()
                && shapes.get(step).kind().ofFeatures()
                && shapes.get(end).kind().ofFeatures()) {
            end++;
        }
        return end;
    }

    /** Which of a step's tokens fulfil its condition, [rows, 1]; absent where it has none. */
    Optional<PtNDArray> mask(int step) {
        return Optional.ofNullable(masks[step]);
    }

    /** Keeps a mask until the next pass. */
    void mask(int step, PtNDArray mask_N1) {
        masks[step] = mask_N1;
    }

    /** The tokens that a step changes; found once, as a batch has one layout. */
    Selection selection(int step, PtNDManager manager) {
        if (selections[step] == null) {
            selections[step] = select(step, manager);
        }
        return selections[step];
    }

    private Selection select(int step, PtNDManager manager) {
        LongStream.Builder rows = LongStream.builder();
        float[] numbers = new float[batch.layout().tokens()];
        int[] n = {0};
        eachToken(step, (member, t) -> {
            rows.add(batch.layout().row(member.sequence(), t));
            numbers[n[0]++] = EditShape.number(member.edits().get(step));
        });
        if (n[0] == 0) {
            return Selection.NONE;
        }
        float[] column = same(numbers, n[0]) ? new float[] {numbers[0]} : Arrays.copyOf(numbers, n[0]);
        Optional<PtNDArray> index = n[0] == batch.layout().tokens()
                ? Optional.empty()
                : Optional.of(TorchRuntime.longs(manager, rows.build().toArray()));
        return new Selection(false, index, Optional.of(TorchRuntime.floats(manager, column, column.length, 1)));
    }

    private void eachToken(int step, Visitor visitor) {
        TokenLayout layout = batch.layout();
        EditShape.Where where = shapes.get(step).where();
        for (Member member : members) {
            int b = member.sequence();
            for (int t = layout.firstOwned(b); t < layout.length(b); t++) {
                if (holds(where, batch.sequences().get(b), t)) {
                    visitor.token(member, t);
                }
            }
        }
    }

    private boolean holds(EditShape.Where where, TokenSequence sequence, int t) {
        if (where.all()) {
            return true;
        }
        return batch.layout().generated()
                ? where.generated()
                : where.prompt().contains(sequence.classes().get(batch.layout().past() + t));
    }

    /** Packed rows in which the unedited run of each of a step's tokens is. */
    long[] uneditedRows(int step) {
        LongStream.Builder rows = LongStream.builder();
        eachToken(step, (member, t) -> rows.add(batch.layout().row(batch.twin(member.sequence()), t)));
        return rows.build().toArray();
    }

    /** Values of a step's tokens, [rows, features] row-major; NaN where none is given. */
    float[] tokenValues(int step, int features) {
        float[] values = new float[batch.layout().tokens() * features];
        int[] n = {0};
        eachToken(step, (member, t) -> {
            Edit.EditFeatures edit =
                    (Edit.EditFeatures) EditShape.bare(member.edits().get(step));
            float[] value_TM = ((FeatureRule.AtTokens) edit.rule()).value_TM();
            int from = batch.position(member.sequence(), t) * features;
            int to = n[0]++ * features;
            if (from < value_TM.length) {
                System.arraycopy(value_TM, from, values, to, features);
            } else {
                Arrays.fill(values, to, to + features, Float.NaN);
            }
        });
        return Arrays.copyOf(values, n[0] * features);
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
