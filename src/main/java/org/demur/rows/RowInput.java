package org.demur.rows;

import java.io.Serializable;
import java.util.List;
import org.demur.corpus.SampleOrder;
import org.demur.corpus.UnitTable;
import org.demur.edit.HookPoint;

/**
 * The rows of a layer.
 *
 * @param point where the stream was read
 * @param width model width
 * @param files Parquet files of the table {@code activations}; their order and the order of rows in them do not matter
 * @param filter which rows are trained on
 * @param corpus units, origin of the vectors, sample
 * @param pairing whether the filter decides on the rows, or another input
 */
public record RowInput(HookPoint point, int width, List<String> files, RowFilter filter, Corpus corpus, Pairing pairing)
        implements Serializable {
    /** What decides on the rows. */
    public sealed interface Pairing extends Serializable {
        /** The same on the other side of the filter. */
        Pairing heldOutSide();

        /** The filter. */
        record Free() implements Pairing {
            @Override
            public Pairing heldOutSide() {
                return this;
            }
        }

        /** The rows of another input, token by token; every one of them must have a counterpart. */
        record Follows(RowInput leader) implements Pairing {
            @Override
            public Pairing heldOutSide() {
                return new Follows(leader.heldOutSide());
            }
        }
    }

    /** Rows that the filter decides on. */
    public RowInput(HookPoint point, int width, List<String> files, RowFilter filter, Corpus corpus) {
        this(point, width, files, filter, corpus, new Pairing.Free());
    }

    /** The vectors at another point of the same files for the very tokens of this input, in the same order. */
    public RowInput partner(HookPoint other) {
        return new RowInput(other, width, files, filter, corpus, new Pairing.Follows(this));
    }

    /** The vectors in other files, of another model of the same width, for the very tokens of this input, in the same order. */
    public RowInput counterpart(List<String> otherFiles) {
        return new RowInput(point, width, otherFiles, filter, corpus, new Pairing.Follows(this));
    }

    /** The rows of held-out prompts, chosen as those of training are. */
    public RowInput heldOutSide() {
        return new RowInput(point, width, files, filter.heldOutSide(), corpus, pairing.heldOutSide());
    }

    /**
     * How the rows came about.
     *
     * @param units what was computed together; an empty table takes every prompt for a unit
     * @param origin where the vectors come from
     * @param sampling how the sample is taken
     */
    public record Corpus(UnitTable units, RowOrigin origin, Sampling sampling) implements Serializable {}

    /** The sample is made of the first {@code rows} training rows of an order. */
    public record Sampling(SampleOrder order, int rows) implements Serializable {}

    /** Copies the list. */
    public RowInput {
        files = List.copyOf(files);
    }

    /** The layer, for messages. */
    int layer() {
        return point.layer();
    }
}
