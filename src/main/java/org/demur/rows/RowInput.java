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
 */
public record RowInput(HookPoint point, int width, List<String> files, RowFilter filter, Corpus corpus)
        implements Serializable {
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
