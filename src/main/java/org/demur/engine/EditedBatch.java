package org.demur.engine;

import java.util.List;

/** The sequences that an editor works on, and where their tokens lie. */
final class EditedBatch {
    private final List<TokenSequence> sequences;
    private final TokenLayout layout;
    private final int[] twin_B;
    private int[] slot_B = {};

    /**
     * A batch.
     *
     * @param layout how the tokens lie
     * @param twin_B number of the sequence that is the unedited run of each; of no meaning for those that need none
     */
    EditedBatch(List<TokenSequence> sequences, TokenLayout layout, int[] twin_B) {
        this.sequences = sequences;
        this.layout = layout;
        this.twin_B = twin_B;
    }

    /** Sequences of which none needs an unedited run. */
    static EditedBatch alone(List<TokenSequence> sequences, TokenLayout layout) {
        if (sequences.stream().anyMatch(sequence -> sequence.twin() != TokenSequence.Twin.NONE)) {
            throw new IllegalArgumentException("Gradients of an edit that needs the unedited run are not implemented");
        }
        return new EditedBatch(sequences, layout, new int[sequences.size()]);
    }

    List<TokenSequence> sequences() {
        return sequences;
    }

    TokenLayout layout() {
        return layout;
    }

    int twin(int b) {
        return twin_B[b];
    }

    /** Says which positions the next step of decoding is at. */
    void at(int[] slots) {
        slot_B = slots;
    }

    /** Position of a token in its sequence. */
    int position(int b, int t) {
        return layout.generated() ? slot_B[b] : layout.past() + t;
    }
}
