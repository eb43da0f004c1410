package org.demur.rows;

import java.io.Serializable;
import java.util.Arrays;
import org.demur.config.ConfigSection;
import org.demur.schema.VectorDtype;

/**
 * How a worker keeps rows in memory. Beside the budget it needs room for one unit a shard, three minibatches, the sample, and
 * the index: 4 bytes for each extracted and 12 for each training row.
 *
 * @param dtype bf16, or f32 for activations that were stored so
 * @param windowRows rows over all shards that are mixed at a time, {@link #AUTO} for as many as the budget holds
 * @param budget_bytes memory for the vectors of a layer, over all shards
 * @param place where rows wait that are not in the window
 */
public record RowStorage(VectorDtype dtype, int windowRows, long budget_bytes, Place place) implements Serializable {
    /** Derive the window from the budget. */
    public static final int AUTO = 0;

    private static final long MIB = 1L << 20;

    /** Where stored rows are kept while a layer is trained; has no influence on minibatches. */
    public enum Place {
        /** On the heap if the budget holds all rows, otherwise spilled. */
        AUTO,
        /** On the heap, whatever the budget. */
        HEAP,
        /** In a scratch file. */
        SPILL
    }

    /** Reads {@code row-dtype}, {@code window-rows} and {@code memory-mib} of a section. */
    public static RowStorage from(ConfigSection section) {
        String dtype = section.string("row-dtype");
        VectorDtype rows = Arrays.stream(VectorDtype.values())
                .filter(known -> known.sqlName().equals(dtype))
                .findFirst()
                .orElseThrow(() -> section.invalid("row-dtype", "it is " + dtype, "write bf16 or f32"));
        int window = "auto".equals(section.string("window-rows")) ? AUTO : section.positive("window-rows");
        long budget_bytes = MIB * section.positive("memory-mib");
        return new RowStorage(rows, window, budget_bytes, Place.AUTO);
    }

    /** Rows of a shard that are mixed at a time, at most all of them. A function of the settings and the counts alone. */
    int shardWindow(RowFormat format, int shardRows, int shards) {
        long rows = windowRows == AUTO ? budget_bytes / format.bytes() : windowRows;
        return (int) Math.max(1, Math.min(shardRows, rows / shards));
    }

    /** Whether stored rows are kept on the heap. */
    boolean onHeap(RowFormat format, int rows) {
        return switch (place) {
            case AUTO -> (long) rows * format.bytes() <= budget_bytes;
            case HEAP -> true;
            case SPILL -> false;
        };
    }
}
